"""The one typed configuration: MINGCHA_* read once, unknown or contradictory values refused by name."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import secrets
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipelines.config_faults import own_words, setting_fault
from pipelines.divisions import region_fault
from pipelines.errors import ConfigError, os_reason

PROJECT_ROOT = Path(__file__).resolve().parent.parent
PREFIX = "MINGCHA_"
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_MAILBOX = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
#: Settings whose value `mingcha config` never prints whole (it may carry a password).
SECRET_FIELDS = frozenset({"database_url", "reader_key", "alert_webhook", "smtp_password"})


class Settings(BaseSettings):
    """Every setting, its default and its meaning; read it with `read_settings`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True)

    home: Path = Field(default=Path("var"), description="数据目录；相对路径从项目根目录算起")
    database_url: str = Field(default="", description="数据库地址；空 = 数据目录里的 SQLite，或 postgresql+psycopg://…")
    host: str = Field(default="127.0.0.1", description="审核界面监听地址")
    port: int = Field(default=8000, ge=1, le=65535, description="审核界面端口")
    public_url: str = Field(default="", description="对外网址（https://…）；设了它才发 Secure Cookie 并信任反向代理")
    region: str = Field(default="", description="区划代码（6 位）；空 = 首次登录时填写")
    agency: str = Field(default="", description="单位名称；空 = 首次登录时填写")
    cli_decisions: bool = Field(default=True, description="允许用命令 mingcha decide 审核线索；false = 只能在界面操作")
    second_tier: bool = Field(
        default=True, description="用第二层（语义模型）细读初筛看不准的文本；false = 只用第一层，省时间，略不准"
    )
    reader_url: str = Field(
        default="", description="第二读者（OpenAI 兼容接口）网址，写到 /v1 为止；空 = 不启用，什么也不发出"
    )
    reader_model: str = Field(default="", max_length=200, description="第二读者的模型名称，照接口所列填写")
    reader_key: str = Field(default="", repr=False, description="第二读者接口的密钥；本机接口一般不需要")
    reader_public: bool = Field(
        default=False, description="true = 允许第二读者在公网（须 https）；false = 只许本机和内网地址"
    )
    reader_band: float = Field(
        default=0.15, ge=0, le=0.5, description="只读拿不准的线索：学科或焦虑得分与阈值相差不超过这个数"
    )
    reader_timeout: float = Field(default=60, gt=0, le=600, description="等第二读者一次回答最多几秒（从连接到读完）")
    reader_limit: int = Field(default=50, ge=1, le=1000, description="一次运行最多问第二读者几条")
    alert_webhook: str = Field(
        default="", repr=False, description="来源告警发往的网址（POST JSON）；公网须 https；空 = 只在界面和日志里告警"
    )
    tsa_url: str = Field(
        default="", description="时间戳机构（RFC 3161）网址，多个用空格隔开；空 = 只用本机自建时间戳，不等于第三方"
    )
    tsa_ca: Path | None = Field(
        default=None, description="上述时间戳机构的根证书（PEM，可多张）；设了 MINGCHA_TSA_URL 就必须设"
    )
    smtp_host: str = Field(default="", description="发周报的邮件服务器；空 = 不发邮件，只供下载")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="邮件服务器端口（starttls 一般 587，tls 一般 465）")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="邮件连接：starttls、tls，或 none（不加密，带口令时只许本机）"
    )
    smtp_user: str = Field(default="", description="邮件服务器的用户名；空 = 不登录")
    smtp_password: str = Field(default="", repr=False, description="邮件服务器的口令")
    smtp_from: str = Field(default="", description="发件人邮箱")
    smime_cert: Path | None = Field(
        default=None, description="邮件签名（S/MIME）的证书（PEM，自己的在最前，后附上级）；空 = 邮件不签名"
    )
    smime_key: Path | None = Field(default=None, description="上述证书的私钥（PEM，不带口令）")
    digest_to: str = Field(default="", description="周报收件人邮箱，几个用英文逗号隔开；经审签才发")
    record_title: str = Field(
        default="电子数据证据提取笔录",
        min_length=2,
        max_length=30,
        description="提取笔录的标题，按本省文书格式改；包内文件名不变",
    )
    schedule: bool = Field(
        default=True, description="按计划自动采集、复查、研判、出周报；false = 只做有人点了“现在执行”的任务"
    )
    jobs: int = Field(default=2, ge=1, le=16, description="一个任务进程同时做几件任务（同一主机永远一次一件）")
    retain_days: int = Field(
        default=30, ge=1, le=3650, description="没有成为线索的信息和页面保存几天；配方写了 privacy.retain_days 的按配方"
    )
    retain_dismissed_days: int = Field(
        default=180, ge=1, le=3650, description="线索排除满几天后，其信息和页面也按期删除；在案件里的不删"
    )
    test_data: Path | None = Field(default=None, description="测试用的真实文本和网页所在目录（仅测试读取）")

    @field_validator("region")
    @classmethod
    def _region_is_a_code(cls, value: str) -> str:
        if value and (fault := region_fault(value)):
            raise ValueError(fault)
        return value

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("只支持 sqlite:///路径 或 postgresql+psycopg://用户@主机/库")
        return value

    @field_validator("public_url")
    @classmethod
    def _public_url_is_https(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            whole = parts.scheme == "https" and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:  # brackets without an address in them, a port that is no number
            whole = False
        if value and not whole:
            raise ValueError("应为 https:// 开头的网址，例如 https://mingcha.example.gov.cn")
        return value.rstrip("/")

    @field_validator("reader_url")
    @classmethod
    def _reader_url_is_an_interface(cls, value: str) -> str:
        if not value:
            return value
        try:
            parts = urlsplit(value)
            whole = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            whole = False
        if not whole or parts.username is not None or parts.query or parts.fragment or not value.isascii():
            raise ValueError("应为 http(s)://主机:端口/v1，不带用户名、参数；密钥写在 MINGCHA_READER_KEY")
        if parts.path.rstrip("/").endswith("/completions"):
            raise ValueError("写到 /v1 为止，不带 /chat/completions")
        return value.rstrip("/")

    @field_validator("alert_webhook")
    @classmethod
    def _alert_webhook_is_an_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            whole = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            whole = False
        if value and (not whole or parts.username is not None or parts.fragment or not value.isascii()):
            raise ValueError("应为 http(s):// 开头的网址，不带用户名；公网地址须 https")
        return value

    @field_validator("tsa_url")
    @classmethod
    def _tsa_urls_are_addresses(cls, value: str) -> str:
        for url in value.split():
            try:
                parts = urlsplit(url)
                whole = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
            except ValueError:
                whole = False
            if not whole or parts.username is not None or parts.fragment or not url.isascii():
                raise ValueError("应为 http(s):// 开头的网址，多个用空格隔开，不带用户名")
        return " ".join(dict.fromkeys(value.split()))

    @field_validator("reader_key")
    @classmethod
    def _reader_key_is_a_header(cls, value: str) -> str:
        if not (value.isascii() and value.isprintable()) or " " in value:
            raise ValueError("密钥只能是一串不带空格的英文字符")
        return value

    @field_validator("smtp_host")
    @classmethod
    def _smtp_host_is_a_host(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?", value):
            raise ValueError("应为主机名或地址，例如 mail.example.gov.cn，不带 smtp:// 和端口")
        return value

    @field_validator("smtp_from", "digest_to")
    @classmethod
    def _addresses_are_mailboxes(cls, value: str) -> str:
        boxes = [box.strip() for box in value.split(",")] if value else []
        wrong = next((box for box in boxes if not _MAILBOX.fullmatch(box)), None)
        if wrong is not None:
            raise ValueError("应为邮箱地址，例如 jg@example.gov.cn，几个用英文逗号隔开")
        return ",".join(dict.fromkeys(boxes))

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        """What of the mail settings contradicts itself."""
        if (self.smime_cert is None) != (self.smime_key is None):
            raise ValueError(f"{PREFIX}SMIME_CERT 与 {PREFIX}SMIME_KEY 须同时设或同时不设")
        if not self.smtp_host:
            for name in ("smtp_user", "smtp_password", "smtp_from", "digest_to", "smime_cert"):
                if getattr(self, name):
                    raise ValueError(f"设了 {PREFIX}{name.upper()} 却没有 {PREFIX}SMTP_HOST")
            return self
        if not self.smtp_from or not self.digest_to:
            raise ValueError(f"设了 {PREFIX}SMTP_HOST，还须设 {PREFIX}SMTP_FROM 和 {PREFIX}DIGEST_TO")
        if "," in self.smtp_from:
            raise ValueError(f"{PREFIX}SMTP_FROM 只能有一个邮箱")
        if bool(self.smtp_user) != bool(self.smtp_password):
            raise ValueError(f"{PREFIX}SMTP_USER 与 {PREFIX}SMTP_PASSWORD 须同时设或同时不设")
        if self.smtp_security == "none" and self.smtp_user and self.smtp_host not in LOOPBACK_HOSTS:
            raise ValueError(f"口令不能不加密发到别的机器；请把 {PREFIX}SMTP_SECURITY 改为 starttls 或 tls")
        return self

    @property
    def digest_recipients(self) -> tuple[str, ...]:
        """Mailboxes that get approved digests."""
        return tuple(self.digest_to.split(",")) if self.digest_to else ()

    @model_validator(mode="after")
    def _reader_is_whole(self) -> Self:
        """What of the second reader contradicts itself; addresses behind names are checked at each connection."""
        if not self.reader_url:
            for name in ("reader_model", "reader_key", "reader_public"):
                if getattr(self, name):
                    raise ValueError(f"设了 {PREFIX}{name.upper()} 却没有 {PREFIX}READER_URL")
            return self
        if not self.reader_model:
            raise ValueError(f"设了 {PREFIX}READER_URL 却没有 {PREFIX}READER_MODEL")
        if self.reader_key and urlsplit(self.reader_url).scheme == "http" and not self._reader_is_here:
            raise ValueError(f"{PREFIX}READER_KEY 不能经 http 发到别的机器；请改用 https 或去掉密钥")
        return self

    @model_validator(mode="after")
    def _authorities_have_roots(self) -> Self:
        if self.tsa_url and self.tsa_ca is None:
            raise ValueError(f"设了 {PREFIX}TSA_URL 却没有 {PREFIX}TSA_CA（没有根证书，收到的时间戳无法核验）")
        return self

    @property
    def tsa_urls(self) -> tuple[str, ...]:
        """The configured time-stamping authorities, in order."""
        return tuple(self.tsa_url.split())

    @property
    def _reader_is_here(self) -> bool:
        host = urlsplit(self.reader_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @property
    def home_path(self) -> Path:
        """HOME as an absolute path."""
        return self.home if self.home.is_absolute() else PROJECT_ROOT / self.home

    @property
    def effective_database_url(self) -> str:
        """The database in use: the one given, or SQLite in HOME."""
        return self.database_url or f"sqlite:///{self.home_path / 'mingcha.db'}"

    @property
    def binds_loopback(self) -> bool:
        return self.host in LOOPBACK_HOSTS


def read_settings(environ: dict[str, str] | None = None, **overrides: Any) -> Settings:
    """Read and check the settings. Raises ConfigError naming the key and the mend."""
    source = dict(os.environ) if environ is None else environ
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(key for key in source if key.upper().startswith(PREFIX) and key not in known)
    if unknown:
        # One in small letters would be read by nobody.
        # What all of them begin with makes none of them alike.
        bare = [name.removeprefix(PREFIX) for name in known]
        typed = unknown[0].upper().removeprefix(PREFIX)
        alike = next(iter(difflib.get_close_matches(typed, bare, n=1, cutoff=0.75)), "")
        meant = f"，是不是 {PREFIX}{alike}？" if alike else "；"
        raise ConfigError(
            f"不认识的配置项 {unknown[0]}{meant}请改正或删除它"
            "（全部配置项见部署手册第五节，或删除后执行 mingcha config）"
        )
    values = {
        name: source[PREFIX + name.upper()] for name in Settings.model_fields if source.get(PREFIX + name.upper())
    }
    try:
        return Settings.model_validate({**values, **overrides})
    except ValidationError as exc:
        first = exc.errors()[0]
        if not first["loc"]:  # two settings that do not go together
            raise ConfigError(f"配置项互相矛盾：{own_words(first)}；请改正后再启动") from exc
        name = str(first["loc"][0])
        info = Settings.model_fields[name]
        secret = name in SECRET_FIELDS
        raise ConfigError(setting_fault(PREFIX + name.upper(), info, first, secret=secret)) from exc


def describe(settings: Settings, environ: dict[str, str] | None = None) -> list[dict[str, str]]:
    """One row a setting: key, value (secrets hidden), where it came from, meaning."""
    source = dict(os.environ) if environ is None else environ
    rows = []
    for name, info in Settings.model_fields.items():
        key = PREFIX + name.upper()
        found = getattr(settings, name)
        value = str(found).lower() if isinstance(found, bool) else str(found or "")
        rows.append(
            {
                "key": key,
                "value": "（已隐藏）" if name in SECRET_FIELDS and value else value,
                "source": "环境变量" if source.get(key) else "默认值",
                "meaning": info.description or "",
            }
        )
    return rows


def make_home(home: Path) -> None:
    """Make the data folder, closed to others, unless it is there. Raises ConfigError naming it and the mend."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as exc:
        raise ConfigError(
            f"数据目录 {home} 建不了（{os_reason(exc)}）；请检查上级目录的权限，或用 MINGCHA_HOME 换一个可写的目录"
        ) from exc
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        raise ConfigError(f"数据目录 {home} 不能写；请检查它的属主和权限，或用 MINGCHA_HOME 换一个可写的目录")


def home_secret(home: Path, name: str, *, size: int = 32, make: bool = True) -> bytes:
    """The secret `name` of this HOME, made at first use with mode 0600 under HOME/secrets; never has a default.
    Raises ConfigError for a damaged one, and with make=False for a missing one."""
    folder = home / "secrets"
    path = folder / name
    if not make and not path.exists():
        raise ConfigError(
            f"密钥文件 {path} 不在，而数据库里已有数据；请从备份恢复整个 {folder}（没有它，已存的联系方式读不出来）"
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        value = path.read_bytes()
        if len(value) != size:
            raise ConfigError(f"密钥文件 {path} 长度不对；请从备份恢复它") from None
        return value
    with os.fdopen(descriptor, "wb") as handle:
        value = secrets.token_bytes(size)
        handle.write(value)
        handle.flush()
        os.fsync(handle.fileno())
    return value
