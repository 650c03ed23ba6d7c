"""Measures the checkpoint folder by generation and prints the table of the README.

Usage: python evaluate.py [--share FRACTION] [--only PART] [--wrong N]
"""
import argparse
import json
import random
import time

import torch

import sums
import talk
import tools
from chat import render
from checkpoint import MODEL_FOLDER
from generate import generate, load
from tokens import Tokens

PLAIN = [{"city": {"type": "string"}}, {"location": {"type": "string", "description": "The city and state, e.g. San Francisco, CA"}}]
UNIT = {"unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}}


def weather_tool(place, described, unit):
    properties = dict(place)
    if unit:
        properties |= UNIT
    function = {"name": "get_weather"} | ({"description": "Get the weather of a city"} if described else {})
    function["parameters"] = {"type": "object", "properties": properties, "required": list(place)}
    return [{"type": "function", "function": function}]


def user(text):
    return [{"role": "user", "content": text}]


def held_out(r, kind):
    """Operands never trained on: a base of three digits, or addends of two and three of which one is above 20."""
    while True:
        a, b = sums.draw(r, kind)
        big = b > 99 if kind == "percent" else min(a, b) > 9 and max(a, b) > 20
        if big and sums.held_out(kind, a, b) and not sums.is_fact(kind, a, b):
            return a, b


def arithmetic(r, kind, count, asking):
    for _ in range(count):
        a, b = held_out(r, kind)
        yield render(user(sums.ask(r, kind, a, b, asking))), sums.work(kind, a, b)[1]


def calls(r, cities, askings, count_per_city):
    for city in cities:
        for _ in range(count_per_city):
            place = r.choice(PLAIN)
            listed = weather_tool(place, r.random() < 0.5, r.random() < 0.5)
            question = r.choice(askings).format(c=city, country="France", tool="get_weather")
            key = next(iter(place))
            for thinking in (True, False):
                yield render(user(question), listed, thinking), tools.call_text("get_weather", [(key, None)], {key: city})


def random_schemas(r, count):
    for _ in range(count):
        question, listed, _thought, call, _facts = tools.call(r, where=r.choice(tools.CITIES))
        yield render(user(question), listed, r.random() < 0.5), call


def results(r, count):
    for _ in range(count):
        question, listed, _thought, _call, (about, where, name, values) = tools.call(r)
        text, _second, answer = tools.result(r, about, where)
        turn = {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": name, "arguments": values}}]}
        yield render(user(question) + [turn, {"role": "tool", "content": text}], listed, r.random() < 0.5), answer


def suites(share):
    r, n = random.Random("evaluation"), lambda count: max(4, int(count * share))
    on_off = (True, False)
    facts = sums.facts()
    if share < 1:
        facts = r.sample(facts, n(len(facts)))
    weather = [a for a in tools.ASKING if "{tool}" not in a and "{country}" not in a]
    yield "percentages, three-digit base, held out, thinking", list(arithmetic(r, "percent", n(400), sums.ASKING))
    yield "the same, unseen phrasings", list(arithmetic(r, "percent", n(200), sums.UNSEEN_ASKING))
    yield "sums of 2-3 digits, held out, thinking", list(arithmetic(r, "add", n(400), sums.ASKING))
    yield "the same, unseen phrasings", list(arithmetic(r, "add", n(200), sums.UNSEEN_ASKING))
    yield "differences, held out, thinking", list(arithmetic(r, "subtract", n(100), sums.ASKING))
    yield "15% of 240, 20 phrasings, thinking", [
        (render(user(b + a.format(e="15% of 240"))), "15% of 240 is 36.") for b in ("", "Solve this problem step by step: ")
        for a in ("What is {e}?", "Calculate {e}.", "How much is {e}?", "Compute {e}.", "Tell me {e}.", "{e}", "{e} = ?", "Find {e}.",
                  "What's {e}?", "Please work out {e}.")]
    yield "facts, plain question, not thinking", [
        (render(user("What is " + sums.expression(random.Random(i), *f) + "?"), None, False), sums.work(*f)[1]) for i, f in enumerate(facts)]
    yield "facts, all phrasings, not thinking", [(render(user(sums.ask(r, *f)), None, False), sums.work(*f)[1]) for f in facts]
    yield "percentages, held out, not thinking: working, then the answer", [
        (render(user(f"What is {p}% of {b}?"), None, False), "\n".join(sums.work("percent", p, b)))
        for p, b in (held_out(r, "percent") for _ in range(n(200)))]
    yield "15% of 240, not thinking", [
        (render(user(b + a.format(e="15% of 240")), None, False), "15% of 240 is 36.") for b in ("", "Solve this problem step by step: ")
        for a in ("What is {e}?", "Calculate {e}.", "How much is {e}?", "Compute {e}.", "Tell me {e}.")]
    cities = tools.CITIES if share == 1 else r.sample(tools.CITIES, n(100))
    yield "get_weather, 100 listed cities, seen phrasings", list(calls(r, cities, weather, 3))
    yield "get_weather, 100 listed cities, unseen phrasings", list(calls(r, cities, tools.UNSEEN_ASKING, 3))
    yield "get_weather, unseen cities", list(calls(r, tools.UNSEEN_CITIES, weather + tools.UNSEEN_ASKING, 2))
    yield "random tool schemas, some with other tools", list(random_schemas(r, n(300)))
    yield "sentence from a tool result", list(results(r, n(200)))
    yield "weather asked without a tool", [
        (render(user(r.choice(weather).format(c=c)), None, t), talk.NO_TOOL) for c in cities[:50] for t in on_off]
    yield "greetings and questions about itself, seen", [
        (render(user(q), None, t), a) for qs, _, a in talk.FAQ for q in qs[:-1] for t in on_off]
    yield "the same, unseen phrasings", [(render(user(qs[-1]), None, t), a) for qs, _, a in talk.FAQ for t in on_off]
    yield "the same, seen, under random system texts", [
        (render([{"role": "system", "content": talk.system(r)}] + user(q), None, t), a)
        for qs, _, a in talk.FAQ for q in r.sample(qs[:-1], 3) for t in on_off]
    yield "other questions: says it does not know", [
        (render(user(talk.fill(r, r.choice(talk.UNKNOWN))), None, t), talk.DONT_KNOW) for _ in range(n(100)) for t in on_off]
    yield "the same, unseen phrasings", [
        (render(user(talk.fill(r, f)), None, t), talk.DONT_KNOW) for f in talk.UNSEEN_UNKNOWN for _ in range(n(15)) for t in on_off]
    yield "greeting with an idle tool", [
        (render(user(q), weather_tool(PLAIN[0], True, True), t), a) for qs, _, a in talk.FAQ[:7] for q in qs[:3] for t in on_off]


def visible(text):
    return text.split("</think>\n\n", 1)[-1]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--share", type=float, default=1.0)
    p.add_argument("--wrong", type=int, default=0)
    p.add_argument("--only", default="", help="part of a row's name")
    p.add_argument("--threads", type=int, default=1)
    options = p.parse_args()
    torch.set_num_threads(options.threads)
    net, tokens = load(), Tokens.read()
    temperature = json.loads((MODEL_FOLDER / "generation_config.json").read_text())["temperature"]
    print(f"| what | greedy | temperature {temperature} |\n|---|---|---|", flush=True)
    begun = time.time()
    for name, cases in suites(options.share):
        if options.only not in name:
            continue
        cells, wrong = [], []
        for t in (0.0, temperature):
            outputs = generate(net, [tokens.encode(prompt) for prompt, _ in cases], tokens.end, temperature=t)
            texts = [tokens.decode(o) for o in outputs]
            right = [visible(text) == answer + "<|im_end|>" for text, (_, answer) in zip(texts, cases)]
            cells.append(f"{100 * sum(right) / len(right):.1f} % ({sum(right)}/{len(right)})")
            wrong = wrong or [(prompt, text) for ok, text, (prompt, _) in zip(right, texts, cases) if not ok]
        print(f"| {name} | {cells[0]} | {cells[1]} |", flush=True)
        for prompt, text in wrong[:options.wrong]:
            print(f"    {prompt!r}\n    -> {text!r}", flush=True)
    print(f"\n{(time.time() - begun) / 60:.1f} minutes")


if __name__ == "__main__":
    main()
