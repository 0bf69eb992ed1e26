"""The command `mingcha`: assembles one group of sub-commands from each package, nothing else."""

from __future__ import annotations

import gc
import logging
import sys
from typing import TYPE_CHECKING

# What is loaded here stays until the end: looking through it for garbage took a quarter of the time of starting.
_COLLECTING = gc.isenabled()
gc.disable()

import click

import classifier.cli
import crawlers.cli
import crawlers.jobs
import pipelines.cli
import pipelines.jobs.timetable
import pipelines.jobs.upkeep
import review_ui.cli
from classifier.errors import ClassifierError
from crawlers.pages_reader import read_page
from pipelines.cli.chinese_usage import speak_chinese, told
from pipelines.config import read_settings
from pipelines.errors import PipelineError, os_reason
from pipelines.jobs import Jobs

if TYPE_CHECKING:
    from classifier.assess import Assessor


_EXITS = "退出码：0 正常，1 发现问题（如有行未收、核验不通过），2 用法或配置有误（一句话说明），130 按 Ctrl-C 停下。"


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXITS)
@click.version_option(package_name="mingcha", message="明察 %(version)s", help="显示版本。")
@click.pass_context
def cli(context: click.Context) -> None:
    """明察：发现公开平台上的隐形变异培训与违法培训广告，只提示“疑似”，由人审核。"""
    context.obj = _assessor  # for the classifier's commands, which know no HOME


def _assessor() -> Assessor:
    """The assessor of the configured HOME, of which nothing is kept there."""
    from pipelines.assessor import active_model, assessor_of  # heavy: numpy, scipy

    settings = read_settings()
    return assessor_of(active_model(settings.home_path), None, second_tier=settings.second_tier)


#: Every job, the crawlers' and the others'; only this file sees both.
JOBS = Jobs(
    functions={
        "crawl": crawlers.jobs.crawl,
        "recheck": crawlers.jobs.recheck,
        "capture": crawlers.jobs.capture,
        "assess": pipelines.jobs.upkeep.assess,
        "digest": pipelines.jobs.upkeep.digest,
        "mail": pipelines.jobs.upkeep.mail,
        "retention": pipelines.jobs.upkeep.retention,
        "self-check": pipelines.jobs.upkeep.self_check,
        "stamps": pipelines.jobs.upkeep.stamps,
    },
    planners=(crawlers.jobs.plan_sources, pipelines.jobs.timetable.plan_clock_jobs),
)

for _command in (
    *classifier.cli.commands(),
    *pipelines.cli.commands(read_page, JOBS),
    *crawlers.cli.commands(),
    *review_ui.cli.commands(),
):
    cli.add_command(_command)
speak_chinese(cli)
gc.freeze()
# Of what a command makes little is garbage in circles, and looking for it every 700 objects took a tenth of a crawl.
gc.set_threshold(50_000, 20, 20)
if _COLLECTING:
    gc.enable()


def main() -> None:
    """Entry point: 0 fine, 1 problems found, 2 misused or misconfigured (one sentence on stderr)."""
    try:
        status = cli(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as exc:
        exc.show()  # a group by itself: its help
        sys.exit(2)
    except click.ClickException as exc:
        click.echo(told(exc), err=True)
        sys.exit(2)
    except (PipelineError, ClassifierError) as exc:
        click.echo(exc.message, err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(1)  # the reader of our output went away (| head)
    except OSError as exc:
        logging.getLogger("mingcha").debug("unexpected", exc_info=exc)
        place = f" {exc.filename}" if exc.filename else ""
        click.echo(f"读写{place} 时出错：{os_reason(exc)}；请检查路径、权限和磁盘空间（mingcha doctor）", err=True)
        sys.exit(2)
    except Exception as exc:  # the outermost frame: people get a sentence, the log the trace
        logging.getLogger("mingcha").debug("unexpected", exc_info=exc)
        click.echo(
            f"程序出错（{type(exc).__name__}：{exc}）；请运行 mingcha doctor 检查，并把这句话告诉维护人员", err=True
        )
        sys.exit(2)
    sys.exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main()
