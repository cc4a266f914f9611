"""Writes pieces/: a small sentencepiece model, transformers' conversion of it, and what that makes of some texts.

Usage: python t5-texts.py. Made with sentencepiece 0.2.2, transformers 5.18.0, tokenizers 0.23.2, Python 3.11.
golden/tokenizer.json is that of a small T5 trained for this project on captions of drawn shapes; golden/t5-ids.json holds
the ids that diffusers' pipelines gave that T5 for two prompts, 256 and 512 tokens long, up to the first pad.
"""
import json
import os
import pathlib
import shutil
import tempfile
import types

import sentencepiece
from tokenizers import AddedToken
from transformers.convert_slow_tokenizer import T5Converter

HERE = pathlib.Path(__file__).resolve().parent / "pieces"
EXTRA_IDS = 3
WORDS = "a the large small red green blue circle square triangle ring on of left right center background caf\u00e9 na\u00efve stra\u00dfe".split()
CORPUS = [" ".join(WORDS[(i * j + j) % len(WORDS)] for j in range(3, 11)) for i in range(200)] + ["1 2 3 4 5 ! ? , . ' - ( )"] * 5
# from characters to characters, in hexadecimal: fullwidth letters, a ligature, spaces, two that vanish, one of two characters
RULES = {**{f"{0xff21 + i:X}": f"{0x41 + i:X}" for i in range(26)}, **{f"{0xff41 + i:X}": f"{0x61 + i:X}" for i in range(26)},
         "FB01": "66 69", "9": "20", "A": "20", "D": "20", "A0": "20", "3000": "20", "200B": "20", "AD": "", "7": "",
         "65 301": "E9", "2460": "31", "1D538": "41"}
TEXTS = [
    "", " ", "a large red circle", "A  LARGE\tred\n circle!", "  leading and trailing  ", "it's they'll", "hello! world!!", "12345 a1b2",
    "caf\u00e9 cafe\u0301 \u00c5 \u212b", "\U0001f600\U0001f468\u200d\U0001f469 smile", "\u0000\u0001 a\u0007b", "a</s>b </s> c", "<pad><unk>x",
    "\u00a0\u3000a\u2028b\u0085c\u200bd\ufeff", "\u4e2d\u6587\u5b57", "na\u00efve-na\u00efve_under_score...", "red" * 20, "\u0661\u0662\u00bd",
    "\ufb01ne \uff52\uff45\uff44 \uff32", "a\u0301\u0323", "\ufffd?", "a \u2581 b", "\u2581\u2581a", "a \u2581", "\u2581", "\u2460 \U0001d538", "x\u00ady",
    "\t", "\n\n", "<extra_id_0> and <extra_id_2><extra_id_3>", "a <cat> sits <cat>s", "large" + "\u0301" * 5, "STRASSE stra\u00dfe",
    "\uc911\uad6d \u0e20\u0e32\u0e29\u0e32 \u0939\u093f", "circle,square;(ring)", "x" * 60, "\r\nblue\r",
]


def train():
    """In the working directory: the model has the names of the files it was made of inside."""
    pathlib.Path("rules.tsv").write_text("".join(f"{a}\t{b}\n" for a, b in sorted(RULES.items())))
    pathlib.Path("corpus.txt").write_text("\n".join(CORPUS))
    sentencepiece.SentencePieceTrainer.train(
        input="corpus.txt", model_prefix="spiece", model_type="unigram", vocab_size=110, hard_vocab_limit=False, pad_id=0, eos_id=1, unk_id=2,
        bos_id=-1, character_coverage=1.0, normalization_rule_tsv="rules.tsv", user_defined_symbols=["<cat>"], num_threads=1, minloglevel=2)
    shutil.copy("spiece.model", HERE)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        train()
    slow = types.SimpleNamespace(vocab_file=str(HERE / "spiece.model"), _extra_ids=EXTRA_IDS, convert_tokens_to_ids={"</s>": 1}.get)
    tokenizer = T5Converter(slow).converted()
    special = ["</s>", "<unk>", "<pad>"] + [f"<extra_id_{i}>" for i in range(EXTRA_IDS)]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    tokenizer.save(str(HERE / "tokenizer.json"), pretty=False)
    lines = [json.dumps({"text": text, "ids": tokenizer.encode(text).ids}) for text in TEXTS]
    (HERE / "t5-texts.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
