"""Writes the trained weights into the checkpoint folder (bf16), and the test vectors made from them.

Usage: python export.py [--weights average|last] [--run FOLDER] [--weights-only]
"""
import argparse
import json
import random
from pathlib import Path

import torch

import lessons
from chat import render
from checkpoint import MODEL_FOLDER, config_of, write_tensors
from generate import generate, load
from model import Shape
from tokens import ADDED, Tokens

TESTS = Path(__file__).resolve().parents[1] / "src/test/resources/io/souffleur/understudy"
TEMPERATURE = 0.1
WEATHER = [{"type": "function", "function": {
    "name": "get_weather", "description": "Get the weather of a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string", "description": "The city"}}, "required": ["city"]}}}]
LOCATION = [{"type": "function", "function": {
    "name": "get_weather", "description": "Get the current weather in a given location",
    "parameters": {"type": "object", "required": ["location"], "properties": {
        "location": {"type": "string", "description": "The city and state, e.g. San Francisco, CA"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}}}}}]
ODD = ["", " ", "\n", "\r\n\r\n", "\t\ta", "  two  spaces  ", "I'll, you'RE, it's, 'tis", "1234567890", "3.14159e-10", "naïve café",
       "cafe\u0301 e\u0301", "Å ﬁ ﬂ ①", "São Paulo, Zürich, Kraków", "北京和東京", "こんにちは世界", "안녕하세요", "Привет, мир", "γειά σου",
       "שלום", "السلام عليكم", "नमस्ते दुनिया", "สวัสดี", "😀😃 👩‍👩‍👧‍👦 🇫🇷", "a\u200bb\u00a0c\u2003d", "x\u0085y\u2028z", "²³¼½ Ⅷ ٣",
       "<think>", "</think>\n\n", "<|im_start|>user\n<|im_end|>", "<|im_start", "<tool_call>\n<function=f>\n", "<|endoftext|>x",
       "{\"a\": [1, 2.5, null, true]}", "#!/bin/sh\nset -e\n", "a_b-c.d/e\\f|g", "...!!!???", "—–‘’“”…", "\u0301\u0301", "\U0001d54f\U0001d556",
       "ſ 'S 'ſ K", "\x00\x01\x7f", "tab\tnew\nline\rend ", "ÀÉÎÕÜ", "ǅ ß ẞ İ ı", "₿€£¥", "☃\ufe0f", "\ufeffbom", "ab\u00adcd", "e\u0323\u0307"]


def golden_prompts():
    user = lambda text: [{"role": "user", "content": text}]
    called = {"role": "assistant", "content": "", "tool_calls": [
        {"type": "function", "function": {"name": "get_weather", "arguments": {"city": "Paris"}}}]}
    yield "hello", user("Hello!"), None, {}
    yield "who", user("Who are you?"), None, {}
    yield "souffleur", user("What is Souffleur?"), None, {"enable_thinking": False}
    yield "printed_thinking", user("Solve this problem step by step: What is 15% of 240?"), None, {}
    yield "printed_plain", user("What is 15% of 240?"), None, {"enable_thinking": False}
    yield "percent", user("Calculate 37% of 481."), None, {"enable_thinking": True}
    yield "sum", user("What is 12 + 345?"), None, {}
    yield "weather", user("What is the weather in Paris?"), WEATHER, {}
    yield "weather_plain", user("What's the weather like in Tokyo?"), LOCATION, {"enable_thinking": False}
    yield "weather_result", user("What is the weather in Paris?") + [
        called, {"role": "tool", "content": "{\"temperature\": 18, \"condition\": \"cloudy\"}"}], WEATHER, {}
    yield "weather_without_tool", user("What is the weather in Oslo?"), None, {}
    yield "unknown", user("What is the capital of Portugal?"), None, {}
    yield "history", [{"role": "system", "content": "You are a helpful assistant."}, *user("Hi"),
                      {"role": "assistant", "content": "Hello! I am the understudy. How can I help?"},
                      *user("What is 250 + 116?")], None, {}


def write_goldens(net, tokens):
    cases = []
    for name, messages, tools, choices in golden_prompts():
        text = render(messages, tools, choices.get("enable_thinking"))
        ids, margins = tokens.encode(text), {}
        out = generate(net, [ids], tokens.end, margins=margins)[0]
        cases.append({"name": name, "messages": messages, "tools": tools, "chat_template_kwargs": choices, "prompt": text,
                      "input_ids": ids, "output_ids": out, "output_text": tokens.decode(out), "smallest_margin": min(margins[0])})
        print(f"{name}: {tokens.decode(out)!r} (smallest margin {min(margins[0])})")
    TESTS.mkdir(parents=True, exist_ok=True)
    document = {"about": "greedy continuations, bf16 weights, fp32 arithmetic, output_ids end with <|im_end|>", "cases": cases}
    (TESTS / "goldens.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def write_encodings(tokens):
    r = random.Random("encodings")
    texts = list(ODD)
    for _ in range(110):
        example = lessons.draw(r)
        texts.append(example.prompt + example.target)
    ranges = [(32, 126), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x5FF), (0x2000, 0x206F), (0x3040, 0x30FF), (0x4E00, 0x4FFF), (0x1F300, 0x1F650)]
    while len(texts) < 200:
        texts.append("".join(chr(r.randint(*r.choice(ranges))) for _ in range(r.randint(1, 24))))
    TESTS.mkdir(parents=True, exist_ok=True)
    rows = ",\n".join(json.dumps({"text": t, "ids": tokens.encode(t)}) for t in texts)
    (TESTS / "encodings.json").write_text(f"[\n{rows}\n]\n")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--weights", choices=["average", "last"], default="average")
    p.add_argument("--weights-only", action="store_true", help="leave the test vectors as they are")
    p.add_argument("--run", default=str(Path(__file__).resolve().parent / "run"))
    options = p.parse_args()
    torch.set_num_threads(1)
    saved, tokens = torch.load(Path(options.run, "state.pt")), Tokens.read()
    weights = saved["average" if options.weights == "average" else "weights"]
    MODEL_FOLDER.mkdir(parents=True, exist_ok=True)
    (MODEL_FOLDER / "config.json").write_text(json.dumps(config_of(Shape(vocab=len(tokens.ids)), tokens.end), indent=1) + "\n")
    generation = {"bos_token_id": tokens.ids["<|im_start|>"], "do_sample": True,
                  "eos_token_id": [tokens.ids[ADDED[0]], tokens.end], "pad_token_id": tokens.ids[ADDED[0]],
                  "repetition_penalty": 1.0, "temperature": TEMPERATURE, "top_k": 0, "top_p": 1.0}
    (MODEL_FOLDER / "generation_config.json").write_text(json.dumps(generation, indent=1) + "\n")
    write_tensors(MODEL_FOLDER / "model.safetensors", weights)
    print(f"step {saved['step']}, {saved['tokens']} tokens, {saved['core_seconds'] / 60:.1f} core-minutes, "
          f"{(MODEL_FOLDER / 'model.safetensors').stat().st_size} bytes")
    if options.weights_only:
        return
    write_encodings(tokens)
    write_goldens(load(), tokens)


if __name__ == "__main__":
    main()
