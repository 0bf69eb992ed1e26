"""Why a second opinion was not to be had. The class docstring is the sentence people read.

ReaderFault
├── AddressRefused         the name leads to an address we do not go to
├── Unreachable            no connection, or it broke off
├── CertificateRefused     TLS without a certificate we trust
├── TimedOut               not answered in time
├── Redirected             it wants us to ask elsewhere
├── Denied                 key missing or wrong
├── Busy                   429, or the gateway finds nobody behind it
├── HttpFailed             any other status
└── AnswerFault            it answered, but not with what was asked for
    ├── TooLarge
    ├── NotJson
    └── Invalid
"""

from __future__ import annotations

from typing import ClassVar

from pipelines.errors import PipelineError
from pipelines.records import OpinionFault


class ReaderFault(PipelineError):
    """第二意见未取得"""

    code: ClassVar[OpinionFault]
    #: Worth a second try after a moment.
    passing: ClassVar[bool] = False
    #: The next lead would fare the same.
    hopeless: ClassVar[bool] = False

    def __init__(self, message: str | None = None, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        #: Seconds the other side asked us to wait.
        self.retry_after = retry_after


class AddressRefused(ReaderFault):
    """接口地址不在允许的范围内"""

    code = OpinionFault.ADDRESS
    hopeless = True


class Unreachable(ReaderFault):
    """连不上接口，或连接中断"""

    code = OpinionFault.UNREACHABLE
    passing = True


class CertificateRefused(ReaderFault):
    """接口的证书未通过校验"""

    code = OpinionFault.CERTIFICATE
    hopeless = True


class TimedOut(ReaderFault):
    """接口没有在限时内答完"""

    code = OpinionFault.TIMEOUT


class Redirected(ReaderFault):
    """接口要求转到别处，未跟随"""

    code = OpinionFault.REDIRECT
    hopeless = True


class Denied(ReaderFault):
    """接口拒绝了密钥"""

    code = OpinionFault.DENIED
    hopeless = True


class Busy(ReaderFault):
    """接口忙，或暂时不可用"""

    code = OpinionFault.BUSY
    passing = True


class HttpFailed(ReaderFault):
    """接口报错"""

    code = OpinionFault.HTTP

    def __init__(self, status: int) -> None:
        super().__init__(f"接口报错（HTTP {status}）")
        self.status = status


class AnswerFault(ReaderFault):
    """回答不能用"""


class TooLarge(AnswerFault):
    """回答过长，未读完"""

    code = OpinionFault.TOO_LARGE


class NotJson(AnswerFault):
    """回答不是完整的 JSON"""

    code = OpinionFault.NOT_JSON


class Invalid(AnswerFault):
    """回答不在规定的选项之内"""

    code = OpinionFault.INVALID


_ALL: tuple[type[ReaderFault], ...] = (
    AddressRefused,
    Unreachable,
    CertificateRefused,
    TimedOut,
    Redirected,
    Denied,
    Busy,
    HttpFailed,
    TooLarge,
    NotJson,
    Invalid,
)
#: Fault → the sentence people read.
FAULT_NAMES: dict[OpinionFault, str] = {fault.code: (fault.__doc__ or "").strip() for fault in _ALL}
#: Faults of the answer, which another try with the same text seldom mends.
ANSWER_FAULTS = frozenset(fault.code for fault in _ALL if issubclass(fault, AnswerFault))
