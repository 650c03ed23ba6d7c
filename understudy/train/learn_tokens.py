"""Learns the tokenizer from sample lessons and writes tokenizer.json and tokenizer_config.json into the checkpoint folder.

Usage: python learn_tokens.py [SIZE]
"""
import random
import sys

import lessons
import tokens
import tools
from checkpoint import MODEL_FOLDER

SIZE = 1248


def main(size=SIZE):
    r = random.Random("tokens")
    texts = []
    for _ in range(12000):
        example = lessons.draw(r)
        texts.append(example.prompt + example.target)
    texts += tools.CITIES * 200  # the published cities become whole tokens
    learnt = tokens.learn(texts, size)
    learnt.write(MODEL_FOLDER)
    split = [c for c in tools.CITIES if len(learnt.encode(c)) > len(c.split()) * 2 - 1]
    print(f"{len(learnt.ids)} ids, {len(learnt.merges)} merges; cities of several tokens per word: {split}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
