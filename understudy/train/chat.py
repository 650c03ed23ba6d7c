"""Renders conversations with the checkpoint's own chat template, as Hugging Face does (jinja2, same settings and filters)."""
import json

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from checkpoint import MODEL_FOLDER


def _refuse(message):
    raise jinja2.exceptions.TemplateError(message)


def _tojson(value, indent=None):
    return json.dumps(value, ensure_ascii=False, indent=indent)


_environment = ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
_environment.filters["tojson"] = _tojson
_environment.globals["raise_exception"] = _refuse
_template = _environment.from_string((MODEL_FOLDER / "chat_template.jinja").read_text())


def render(messages, tools=None, thinking=None):
    """The prompt up to and including the start of the assistant's turn."""
    choice = {} if thinking is None else {"enable_thinking": thinking}
    return _template.render(messages=messages, tools=tools, add_generation_prompt=True, **choice)
