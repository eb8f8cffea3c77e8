"""Writes src/test/resources/sentences: a tiny random BERT, pipelines behind it as sentence-transformers saves them, and its answers.

Run from the repository's root with torch, transformers, sentence-transformers and onnx installed:  python src/test/python/sentences.py
"""

import base64
import json
import shutil
import tempfile
from pathlib import Path

import onnx
import torch
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules.dense import Dense
from sentence_transformers.base.modules.normalize import Normalize
from sentence_transformers.base.modules.transformer import Transformer
from sentence_transformers.sentence_transformer.modules.dropout import Dropout
from sentence_transformers.sentence_transformer.modules.layer_norm import LayerNorm
from sentence_transformers.sentence_transformer.modules.pooling import Pooling
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

OUT = Path("src/test/resources/sentences")
WIDTH = 16
WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] a river runs through the old town and nobody knows why query : passage ##s Good GOOD good bad".split()
TEXTS = ["a river runs", "the old town", "a river runs through the old town and nobody knows why", "Good", "GOOD bad rivers"]
MODES = ["cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]
FLAGS = ["cls_token", "max_tokens", "mean_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken"]
ACTIVATIONS = "Identity Tanh ReLU ReLU6 LeakyReLU ELU CELU SELU GELU Sigmoid LogSigmoid SiLU Mish Softplus Softsign Tanhshrink Hardtanh Hardsigmoid Hardswish".split()


class Graph(torch.nn.Module):
    """The model as exporters call it."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, mask, types):
        return self.model(input_ids=ids, attention_mask=mask, token_type_ids=types, return_dict=True).last_hidden_state


def shorten(graph):
    """Takes out names and comments, which are most of so small a graph."""
    del graph.value_info[:]
    names = {port.name: port.name for port in [*graph.input, *graph.output]}
    short = lambda name: names.setdefault(name, f"v{len(names)}") if name else name
    for tensor in graph.initializer:
        tensor.name = short(tensor.name)
    for node in graph.node:
        node.ClearField("doc_string")
        node.ClearField("name")
        node.input[:] = [short(name) for name in node.input]
        node.output[:] = [short(name) for name in node.output]


def base(folder):
    """The model and its graph."""
    tokenizer = Tokenizer(models.WordPiece({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]", model_max_length=24,
    ).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=WIDTH, num_hidden_layers=1, num_attention_heads=2, intermediate_size=WIDTH,
        max_position_embeddings=24, type_vocab_size=2, initializer_range=0.7, attn_implementation="eager",
    )
    model = BertModel(config, add_pooling_layer=False).eval()
    model.save_pretrained(folder)
    ids = torch.tensor([[2, 5, 6, 3], [2, 7, 3, 0]])
    axes = {0: "batch", 1: "tokens"}
    names = ["input_ids", "attention_mask", "token_type_ids"]
    torch.onnx.export(
        Graph(model).eval(), (ids, (ids > 0).long(), torch.zeros_like(ids)), folder / "model.onnx", input_names=names,
        output_names=["last_hidden_state"], dynamic_axes={name: axes for name in [*names, "last_hidden_state"]},
        dynamo=False, opset_version=17,
    )
    graph = onnx.load(folder / "model.onnx")
    shorten(graph.graph)
    onnx.save(graph, folder / "model.onnx")


def dense(activation=None, bias=True, inputs=WIDTH, outputs=6, residual=False):
    return Dense(inputs, outputs, bias=bias, activation_function=activation, use_residual=residual)


def norm():
    layer = LayerNorm(WIDTH)
    torch.nn.init.uniform_(layer.norm.weight, 0.5, 2)
    torch.nn.init.uniform_(layer.norm.bias, -1, 1)
    return layer


def mean():
    return Pooling(WIDTH, "mean")


def edit(path, **fields):
    written = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**written, **fields}))


def flags(*set_flags):
    """The pooling file of versions before 5.4."""
    def change(folder):
        (folder / "1_Pooling/config.json").write_text(json.dumps(
            {"word_embedding_dimension": WIDTH, **{"pooling_mode_" + flag: flag in set_flags for flag in FLAGS}, "include_prompt": True}))
    return change


def types(prefix):
    """The class names of older versions."""
    def change(folder):
        modules = json.loads((folder / "modules.json").read_text())
        for module in modules:
            module["type"] = prefix + module["type"].split(".")[-1]
        (folder / "modules.json").write_text(json.dumps(modules))
    return change


def moved(folder):
    shutil.move(folder / "1_Pooling", folder / "pooler")
    modules = json.loads((folder / "modules.json").read_text())
    modules[1]["path"] = "pooler"
    (folder / "modules.json").write_text(json.dumps(modules))


def length(name, **fields):
    def change(folder):
        (folder / "sentence_bert_config.json").unlink()
        (folder / name).write_text(json.dumps(fields))
    return change


def halved(dtype):
    def change(folder):
        file = folder / "2_Dense/model.safetensors"
        save_file({name: tensor.to(dtype) for name, tensor in load_file(file).items()}, file)
    return change


def cases():
    """Name, modules behind the Transformer, and what is changed in the saved folder."""
    for mode in MODES:
        yield mode, [Pooling(WIDTH, mode)], None
        yield mode + "-without-prompt", [Pooling(WIDTH, mode, include_prompt=False)], None
    yield "list", [Pooling(WIDTH, ["weightedmean", "cls", "mean"])], None
    yield "list-without-prompt", [Pooling(WIDTH, MODES, include_prompt=False), Normalize()], None
    for flag in FLAGS:
        yield "flag-" + flag, [mean()], flags(flag)
    yield "flags", [mean()], flags(*FLAGS)
    yield "flags-none", [mean()], flags()
    yield "flags-cls-mean", [mean(), Normalize()], flags("mean_tokens", "cls_token")
    yield "old-types", [mean(), dense(torch.nn.Tanh()), Normalize()], types("sentence_transformers.models.")
    yield "moved", [Pooling(WIDTH, "max")], moved
    for activation in ACTIVATIONS:
        yield "dense-" + activation, [mean(), dense(getattr(torch.nn, activation)())], None
    yield "dense-no-bias", [mean(), dense(torch.nn.Tanh(), bias=False)], None
    yield "dense-default", [mean(), Dense(WIDTH, 6)], lambda folder: (folder / "2_Dense/config.json").write_text('{"in_features": 16, "out_features": 6}')
    yield "dense-residual", [mean(), dense(torch.nn.GELU(), residual=True)], None
    yield "dense-residual-square", [mean(), dense(torch.nn.GELU(), outputs=WIDTH, residual=True)], None
    yield "dense-two", [mean(), dense(outputs=24), dense(inputs=24, outputs=WIDTH, bias=False), Normalize()], None
    yield "dense-f16", [mean(), dense(torch.nn.Tanh())], halved(torch.float16)
    yield "dense-bf16", [mean(), dense(torch.nn.Tanh())], halved(torch.bfloat16)
    yield "dense-wide", [Pooling(WIDTH, ["cls", "max"]), dense(torch.nn.Tanh(), inputs=2 * WIDTH)], None
    yield "layer-norm", [mean(), norm()], None
    yield "layer-norm-normalize", [mean(), norm(), Normalize()], None
    yield "normalize", [mean(), Normalize()], None
    yield "normalize-dense", [mean(), Normalize(), dense()], None
    yield "normalize-dense-normalize", [mean(), Normalize(), dense(torch.nn.ReLU()), Normalize()], None
    yield "dropout", [mean(), Dropout(0.5), dense()], None
    yield "truncated", [mean(), Normalize()], lambda folder: edit(folder / "config_sentence_transformers.json", truncate_dim=5)
    yield "default-prompt", [Pooling(WIDTH, "mean", include_prompt=False)], lambda folder: edit(folder / "config_sentence_transformers.json", default_prompt_name="query")
    yield "short", [mean()], length("sentence_bert_config.json", max_seq_length=6, do_lower_case=False)
    for kind in ["bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet"]:
        yield "lower-" + kind, [mean()], length(f"sentence_{kind}_config.json", max_seq_length=7, do_lower_case=True)


def answer(model, text, **options):
    return [round(float(value), 6) for value in model.encode(text, **options)]


def main():
    torch.manual_seed(7)
    OUT.mkdir(parents=True, exist_ok=True)
    written = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "base"
        base(folder)
        kept = {path.name for path in folder.iterdir()}
        for name in ["model.onnx", "config.json", "tokenizer.json", "tokenizer_config.json"]:
            shutil.copy(folder / name, OUT / name)
        for name, modules, change in cases():
            saved = Path(temporary) / name
            model = SentenceTransformer(modules=[Transformer(str(folder)), *modules], device="cpu", prompts={"query": "query : ", "passage": "passage : a "})
            model.save_pretrained(str(saved), create_model_card=False)
            if change:
                change(saved)
            model = SentenceTransformer(str(saved), device="cpu")
            # The texts are encoded one by one: with padding, transformers' answers differ in the last digits.
            files = {
                str(path.relative_to(saved)): base64.b64encode(path.read_bytes()).decode()
                for path in sorted(saved.rglob("*")) if path.is_file() and str(path.relative_to(saved)) not in kept
            }
            written[name] = {
                "files": files,
                "plain": [answer(model, text) for text in TEXTS],
                "query": [answer(model, text, prompt_name="query") for text in TEXTS[:2]],
                "passage": [answer(model, text, prompt_name="passage") for text in TEXTS[:2]],
                "normalized": [answer(model, text, normalize_embeddings=True) for text in TEXTS[:2]],
                "cut": [answer(model, text, truncate_dim=3) for text in TEXTS[:2]],
                "cutNormalized": [answer(model, text, truncate_dim=3, normalize_embeddings=True) for text in TEXTS[:2]],
            }
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(pipeline)}" for name, pipeline in written.items())
    (OUT / "pipelines.json").write_text(f'{{"texts": {json.dumps(TEXTS)}, "pipelines": {{\n{lines}\n}}}}\n')


main()
