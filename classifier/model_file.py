"""Models on disk: numbers as npz, words as JSON, no pickle; signed with a key that never leaves this project.

A folder var/models/<id>/ holds weights.npz, model.json and signature (HMAC-SHA-256 over both). Whatever is damaged,
foreign (signed elsewhere), or made by other code or libraries is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import secrets
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from classifier.errors import ModelFileError, ModelMissing, ModelStale
from classifier.evidence_columns import evidence_names
from classifier.features import Vectoriser
from classifier.model import HEADS, Model
from classifier.provenance import code_hash, library_versions
from classifier.second_tier import SecondTier
from classifier.sharpest import SHARP, Sharpest

FORMAT = 4
MODELS = Path(__file__).resolve().parent.parent / "var" / "models"
_FILES = ("weights.npz", "model.json")
_SECOND = ("centre", "basis", "duals", "level", "first", "second", "offset")


def _key(folder: Path) -> bytes:
    """The signing key of a models folder, made at first use with mode 0600."""
    path = folder / ".key"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(32))
    return path.read_bytes()


def _sign(folder: Path, contents: Mapping[str, bytes]) -> str:
    mac = hmac.new(_key(folder), digestmod=hashlib.sha256)
    for name in _FILES:
        mac.update(f"{name}:{len(contents[name])}:".encode())
        mac.update(contents[name])
    return mac.hexdigest()


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def save_model(
    model: Model, *, corpus: str, report: dict[str, Any], folder: Path = MODELS, current: bool = True
) -> Path:
    """Write a model under its id and, if asked, point `current` at it; returns its folder."""
    target = folder / model.id
    target.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    # Not compressed: that saves an eighth of the file and costs every start a tenth of a second.
    np.savez(
        buffer,
        allow_pickle=False,
        idf=model.vectoriser.idf,
        weights=model.weights.astype(np.float32),
        bias=model.bias,
        slope=model.slope,
        companion=model.companion,
        offset=model.offset,
        **_second_numbers(model.second),
        **_sharp_numbers(model.sharpest),
    )
    words = {
        "format": FORMAT,
        "id": model.id,
        "heads": list(HEADS),
        "evidence": hashlib.sha256("\n".join(evidence_names()).encode()).hexdigest(),
        "evidence_weight": model.vectoriser.evidence_weight,
        "grams": list(model.vectoriser.grams),
        "spoken": list(model.spoken),
        "thresholds": dict(model.thresholds),
        "second": _second_words(model.second),
        "corpus": corpus,
        "code": code_hash(),
        "libraries": library_versions(),
        "report": report,
    }
    told = json.dumps(words, ensure_ascii=False, sort_keys=True).encode()
    contents = {"weights.npz": buffer.getvalue(), "model.json": told}
    for name, content in contents.items():
        _write(target / name, content)
    _write(target / "signature", _sign(folder, contents).encode())
    if current:
        point_at(model.id, folder)
    return target


def point_at(model: str, folder: Path = MODELS) -> None:
    """Make a model the current one."""
    _write(folder / "current", (model + "\n").encode())


def current_id(folder: Path = MODELS) -> str | None:
    """Id of the current model, None when there is none."""
    try:
        return (folder / "current").read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def point_nowhere(folder: Path) -> None:
    """No model of this folder is the current one any more."""
    (folder / "current").unlink(missing_ok=True)


def load_current(folder: Path = MODELS) -> Model:
    """The model `current` points at."""
    model = current_id(folder)
    if model is None or not (folder / model).is_dir():
        raise ModelMissing
    return load_model(folder / model)


def read_words(model_dir: Path) -> dict[str, Any]:
    """All of a model but its numbers (model.json), believed only when the signature holds.

    ModelMissing or ModelFileError (ModelStale: whole, but made by other code or libraries) name the fault and the mend.
    """
    return _words(_signed(model_dir), model_dir.name)


def _signed(model_dir: Path) -> dict[str, bytes]:
    """A model's files, read once: what is used is what was signed."""
    missing = [name for name in (*_FILES, "signature") if not (model_dir / name).is_file()]
    if missing:
        raise ModelMissing(f"模型 {model_dir.name} 缺少 {'、'.join(missing)}，请运行 mingcha train")
    contents = {name: (model_dir / name).read_bytes() for name in _FILES}
    stored = (model_dir / "signature").read_text(encoding="ascii", errors="replace").strip()
    if not hmac.compare_digest(stored, _sign(model_dir.parent, contents)):
        raise ModelFileError(f"模型 {model_dir.name} 已损坏或不是本项目训练的，请重新运行 mingcha train")
    return contents


def _words(contents: Mapping[str, bytes], name: str) -> dict[str, Any]:
    words: dict[str, Any] = json.loads(contents["model.json"])
    _check(words, name)
    return words


def load_model(model_dir: Path) -> Model:
    """Read one model folder; ModelFileError names what is wrong with it and the mend."""
    contents = _signed(model_dir)
    return _made_of(_words(contents, model_dir.name), contents["weights.npz"], model_dir.name)


def _made_of(words: dict[str, Any], weights: bytes, name: str) -> Model:
    """The model that these two files hold; what they say was believed already."""
    try:
        with np.load(io.BytesIO(weights), allow_pickle=False) as arrays:
            numbers = {name: arrays[name] for name in ("idf", "weights", "bias", "slope", "companion", "offset")}
            second = _read_second(words["second"], arrays)
            sharpest = _read_sharp(arrays)
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ModelFileError(f"模型 {name} 的权重无法读取：{error}") from error
    vectoriser = Vectoriser(
        grams=tuple(words["grams"]), idf=numbers["idf"], evidence_weight=float(words["evidence_weight"])
    )
    if numbers["weights"].shape != (vectoriser.width, len(HEADS)):
        raise ModelFileError(f"模型 {name} 的权重尺寸不符")
    return Model(
        id=words["id"],
        vectoriser=vectoriser,
        weights=numbers["weights"].astype(np.float64),
        bias=numbers["bias"],
        slope=numbers["slope"],
        companion=numbers["companion"],
        offset=numbers["offset"],
        spoken=(float(words["spoken"][0]), float(words["spoken"][1])),
        thresholds=words["thresholds"],
        second=second,
        sharpest=sharpest,
    )


def read_report(model_dir: Path) -> dict[str, Any]:
    """What `mingcha train` found out about a model, as signed with it; read it after `load_model` has let it pass."""
    report: dict[str, Any] = json.loads((model_dir / "model.json").read_text(encoding="utf-8"))["report"]
    return report


def _second_numbers(second: SecondTier | None) -> dict[str, np.ndarray]:
    """The second tier's arrays; the two large ones as short as they were rounded to in training."""
    if second is None:
        return {}
    arrays = {f"second_{name}": getattr(second, name) for name in _SECOND}
    arrays["second_basis"] = arrays["second_basis"].astype(np.float16)
    arrays["second_duals"] = arrays["second_duals"].astype(np.float32)
    return arrays


def _second_words(second: SecondTier | None) -> dict[str, Any] | None:
    return None if second is None else {"made_by": second.made_by, "thresholds": dict(second.thresholds)}


def _read_second(words: dict[str, Any] | None, arrays: Any) -> SecondTier | None:
    if words is None:
        return None
    numbers = {name: arrays[f"second_{name}"].astype(np.float64) for name in _SECOND}
    return SecondTier(made_by=words["made_by"], thresholds=words["thresholds"], **numbers)


_WEIGHED = ("beside_first", "beside_both")


def _sharp_numbers(sharpest: Sharpest | None) -> dict[str, np.ndarray]:
    """The sharpest pieces' arrays, weights as short as training rounded them; none of a model without."""
    if sharpest is None:
        return {}
    weighed = {f"sharp_{name}": np.array([getattr(sharpest, name)[head] for head in SHARP]) for name in _WEIGHED}
    return {"sharp_weights": sharpest.weights.astype(np.float16), "sharp_bias": sharpest.bias, **weighed}


def _read_sharp(arrays: Any) -> Sharpest | None:
    if "sharp_weights" not in arrays:
        return None
    tables = [arrays[f"sharp_{name}"] for name in _WEIGHED]
    first, both = (
        {head: (row[0], row[1], row[2]) for head, row in zip(SHARP, table.tolist(), strict=True)} for table in tables
    )
    weights = arrays["sharp_weights"].astype(np.float32)
    return Sharpest(weights=weights, bias=arrays["sharp_bias"], beside_first=first, beside_both=both)


def _check(words: dict[str, Any], name: str) -> None:
    """Refuse a model of another format, code or library version."""
    if words.get("format") != FORMAT or words.get("heads") != list(HEADS):
        raise ModelStale(f"模型 {name} 的格式与本程序不符，请重新运行 mingcha train")
    if words.get("code") != code_hash():
        raise ModelStale(f"模型 {name} 由其他版本的代码训练，请重新运行 mingcha train")
    if words.get("libraries") != library_versions():
        raise ModelStale(f"模型 {name} 训练时的程序库版本与现在不同，请重新运行 mingcha train")
