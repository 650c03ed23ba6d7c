"""The understudy's byte-level BPE: learning the merges, encoding, and Hugging Face's `tokenizer.json`.

While merges are learned, letters join only letters and signs only signs, and a space joins only whole words of a closed
list. So `"Paris`, ` Paris` and `\\nParis` hold the same tokens for `Paris`: copying is token for token.
"""
import collections
import json
import unicodedata
from pathlib import Path

import regex

from checkpoint import MODEL_FOLDER

SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*"
         r"|\s*[\r\n]+|\s+(?!\S)|\s+")
ADDED = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>", "<tool_response>",
         "</tool_response>", "<think>", "</think>"]
SPECIAL = ADDED[:3]
SPACED = set("a an and are as at be but by call can do does for from give have hello how i in is it me my need no not "
             "number of on or out percent please problem should so step sum tell than that the there this time times to up "
             "use user was weather what when where which who will with work you your know tiny model asks question "
             "tool degrees plus minus thank".split())


def byte_letters():
    """The printable stand-in for each byte value, as in GPT-2."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in plain]
    return {b: chr(b) for b in plain} | {b: chr(256 + i) for i, b in enumerate(rest)}


LETTER_OF = byte_letters()
# White_Space is what the Rust side means by \s; this module's own \s takes four control characters more.
_split = regex.compile(SPLIT.replace(r"\s", r"\p{White_Space}").replace(r"\S", r"\P{White_Space}"))
_added = regex.compile("(" + "|".join(map(regex.escape, ADDED)) + ")")


def spell(text):
    return "".join(LETTER_OF[b] for b in text.encode())


class Tokens:
    def __init__(self, merges):
        self.merges = [tuple(m) for m in merges]
        self.rank = {m: i for i, m in enumerate(self.merges)}
        self.ids = {}
        for letter in LETTER_OF.values():
            self.ids[letter] = len(self.ids)
        for a, b in self.merges:
            self.ids[a + b] = len(self.ids)
        assert len(self.ids) == 256 + len(self.merges), "two merges make the same token"
        for added in ADDED:
            self.ids[added] = len(self.ids)
        self.texts = {i: t for t, i in self.ids.items()}
        self.bytes_of = {letter: b for b, letter in LETTER_OF.items()}
        self._seen = {}

    @property
    def end(self):
        return self.ids["<|im_end|>"]

    def _piece(self, piece):
        if piece not in self._seen:
            parts = list(spell(piece))
            while len(parts) > 1:
                best = min(range(len(parts) - 1), key=lambda i: self.rank.get((parts[i], parts[i + 1]), 1 << 30))
                pair = (parts[best], parts[best + 1])
                if pair not in self.rank:
                    break
                merged, i = [], 0
                while i < len(parts):  # every place of the best pair, left to right
                    if i + 1 < len(parts) and (parts[i], parts[i + 1]) == pair:
                        merged.append(parts[i] + parts[i + 1])
                        i += 2
                    else:
                        merged.append(parts[i])
                        i += 1
                parts = merged
            if len(self._seen) > 200_000:
                self._seen.clear()
            self._seen[piece] = [self.ids[p] for p in parts]
        return self._seen[piece]

    def encode(self, text):
        out = []
        for segment in _added.split(text):
            if segment in ADDED:
                out.append(self.ids[segment])
            elif segment:
                for piece in _split.findall(unicodedata.normalize("NFC", segment)):
                    out += self._piece(piece)
        return out

    def decode(self, ids):
        data = b""
        for i in ids:
            text = self.texts[i]
            data += text.encode() if text in ADDED else bytes(self.bytes_of[c] for c in text)
        return data.decode(errors="replace")

    def write(self, folder):
        first = len(self.ids) - len(ADDED)
        added = [{"id": first + i, "content": t, "single_word": False, "lstrip": False, "rstrip": False,
                  "normalized": False, "special": t in SPECIAL} for i, t in enumerate(ADDED)]
        level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
        document = {
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": added,
            "normalizer": {"type": "NFC"},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": SPLIT}, "behavior": "Isolated", "invert": False}, level]},
            "post_processor": level, "decoder": level,
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "",
                      "end_of_word_suffix": "", "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                      "vocab": {t: i for t, i in self.ids.items() if t not in ADDED},
                      "merges": [list(m) for m in self.merges]},
        }
        Path(folder, "tokenizer.json").write_text(json.dumps(document, ensure_ascii=False, indent=0) + "\n")
        about = {str(t["id"]): {k: v for k, v in t.items() if k != "id"} for t in added}
        config = {"added_tokens_decoder": about, "add_prefix_space": False, "bos_token": "<|im_start|>",
                  "clean_up_tokenization_spaces": False, "eos_token": "<|im_end|>", "errors": "replace",
                  "model_max_length": 4096, "pad_token": "<|endoftext|>", "tokenizer_class": "PreTrainedTokenizerFast"}
        Path(folder, "tokenizer_config.json").write_text(json.dumps(config, ensure_ascii=False, indent=1) + "\n")

    @staticmethod
    def read(folder=MODEL_FOLDER):
        return Tokens(json.loads(Path(folder, "tokenizer.json").read_text())["model"]["merges"])


_worded = regex.compile(r"(.?)([\p{L}\p{M}]+)", regex.DOTALL)


def learn(texts, size):
    """A tokenizer of `size` ids whose merges keep words apart from what stands before them."""
    counts, spaced = collections.Counter(), collections.Counter()
    for text in texts:
        for segment in _added.split(unicodedata.normalize("NFC", text)):
            if segment in ADDED:
                continue
            for piece in _split.findall(segment):
                worded = _worded.fullmatch(piece)
                lead, word = worded.groups() if worded else ("", piece)
                if lead and regex.match(r"[\p{L}\p{M}]", lead):
                    lead, word = "", piece
                counts[word] += 1
                if lead == " " and word in SPACED:
                    spaced[word] += 1
    budget = size - 256 - len(ADDED)
    words = {w: list(spell(w)) for w in counts if len(spell(w)) > 1}
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for w, parts in words.items():
        for pair in zip(parts, parts[1:]):
            pairs[pair] += counts[w]
            where[pair].add(w)
    merges, made = [], set()
    while len(merges) < budget:
        pair, count = max(pairs.items(), key=lambda kv: (kv[1], kv[0]))
        if count <= 0:
            raise ValueError(f"only {len(merges)} of {budget} merges to learn")
        if pair[0] + pair[1] in made:
            pairs[pair] = 0
            continue
        merges.append(pair)
        made.add(pair[0] + pair[1])
        for w in list(where[pair]):
            parts, n = words[w], counts[w]
            for old in zip(parts, parts[1:]):
                pairs[old] -= n
            i = 0
            while i < len(parts) - 1:
                if (parts[i], parts[i + 1]) == pair:
                    parts[i:i + 2] = [parts[i] + parts[i + 1]]
                i += 1
            for new in zip(parts, parts[1:]):
                pairs[new] += n
                where[new].add(w)
        del pairs[pair]
    return Tokens(_with_spaced(merges, [w for w, _ in spaced.most_common()], budget))


def _with_spaced(merges, words, budget):
    """As many of the learned merges as leave room for joining a space to those listed words that became one token."""
    letters = set(LETTER_OF.values())
    for count in range(budget, 0, -1):
        whole = letters | {a + b for a, b in merges[:count]}
        joined = [(LETTER_OF[32], spell(w)) for w in words if spell(w) in whole]
        if count + len(joined) <= budget + 1:
            return (merges[:count] + joined)[:budget]
    raise ValueError("no room for merges")
