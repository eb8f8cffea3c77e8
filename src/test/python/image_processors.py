"""Writes what transformers' image processors take by default, and what they make of pictures.

    python image_processors.py

It needs transformers 5.18, torch, torchvision and Pillow. It writes the table that the service reads
(src/main/resources/dev/headroom/model/image/image-processors.json) and the answers that its test holds it against
(src/test/resources/image/processors.json). The classes that resize by Pillow are asked, where there are any.
"""
import importlib
import json
import os
import tempfile
import torchvision_without_operators  # noqa: F401  comes first
import numpy as np
import torch
import transformers
from PIL import Image
from transformers.models.auto.image_processing_auto import IMAGE_PROCESSOR_MAPPING_NAMES as BY_MODEL
from transformers.models.auto.configuration_auto import model_type_to_module_name

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
IMAGES = os.path.join(ROOT, "test/resources/image")
TABLE = os.path.join(ROOT, "main/resources/dev/headroom/model/image/image-processors.json")
SUFFIX = "ImageProcessor"

RESIZE = ["do_resize", "size", "default_to_square", "resample"]
CROP = ["do_center_crop", "crop_size"]
VALUES = ["do_rescale", "rescale_factor", "do_normalize", "image_mean", "image_std"]
PAD = ["do_pad", "pad_size"]
PLAIN = RESIZE + CROP + VALUES + PAD

# The fields that each served type follows.
SERVED = {
    **{name: PLAIN for name in "Bit Blip CLIP ChineseCLIP DeiT MobileNetV1 OwlViT Pvt Siglip Tipsv2 ViT Levit".split()},
    **{name: RESIZE + CROP + VALUES for name in "Beit DINOv3ViT Flava Llava MobileNetV2 Perceiver".split()},
    **{name: RESIZE + VALUES for name in "Segformer".split()},
    "ConvNext": RESIZE + VALUES + ["crop_pct"],
    "DPT": RESIZE + VALUES + ["ensure_multiple_of"],
    "EfficientNet": RESIZE + CROP + VALUES + ["rescale_offset", "include_top"],
    "Gemma3": RESIZE + VALUES + ["do_pan_and_scan"],
    "LayoutLMv3": RESIZE + VALUES + ["apply_ocr"],
    "MobileViT": RESIZE + CROP + VALUES[:2] + ["do_flip_channel_order"],
    "PoolFormer": PLAIN + ["crop_pct"],
    "RTDetr": RESIZE + VALUES + PAD,
}

REASONS = {
    "makes images of several sizes": "BridgeTower CHMv2 ConditionalDetr DeformableDetr Detr Donut Eomt GLPN GroundingDino "
    "Mask2Former MaskFormer Nougat OneFormer Pixtral RfDetr Swin2SR TextNet Vilt VitMatte Yolos ZoeDepth",
    "cuts images into patches": "Aria Fuyu Idefics2 Idefics3 Kosmos2_5 Lfm2Vl Llama4 LlavaNext LlavaOnevision Mllama Pix2Struct "
    "Qwen2VL Siglip2 SmolVLM",
    "reads videos": "Tvp VideoLlama3 VideoLlava VideoMAE Vivit",
    "needs words and their places beside an image": "LayoutLMv2",
    "turns pixels into numbers of colours": "ImageGPT",
    "takes its steps from the timm library": "TimmWrapper",
}


def classes():
    """All types of the library, by their names without the suffix; those of Pillow before others."""
    found = {}
    for model, names in BY_MODEL.items():
        for name in [names.get("pil"), names.get("torchvision")]:
            if name:
                found.setdefault(short(name), (model_type_to_module_name(model), name))
    loaded = {}
    for key, (module, name) in sorted(found.items()):
        package = importlib.import_module("transformers.models." + module)
        if hasattr(package, name):
            loaded[key] = getattr(package, name)
    missing = set(found) - set(loaded)
    for model, names in BY_MODEL.items():  # types that other models lend
        for name in names.values():
            if name and short(name) in missing:
                loaded[short(name)] = getattr(transformers, name)
    return loaded


def short(name):
    return name.removesuffix("Pil").removesuffix(SUFFIX)


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return int(value) if hasattr(value, "name") else value


def table(known):
    defaults = {name: {field: plain(getattr(known[name], field, None)) for field in fields} for name, fields in SERVED.items()}
    reasons = {name: reason for reason, names in REASONS.items() for name in names.split()}
    refused = {name: reasons.get(name, "has steps of its own") for name in sorted(known) if name not in SERVED}
    models = {model: short(names.get("pil") or names["torchvision"]) for model, names in sorted(BY_MODEL.items())}
    return {"made": "by src/test/python/image_processors.py with transformers " + transformers.__version__,
            "served": dict(sorted(defaults.items())), "refused": refused, "models": models}


def written(value):
    """One line for each type."""
    parts = []
    for key, part in value.items():
        if key == "served":
            lines = ",\n".join("    %s: %s" % (json.dumps(name), json.dumps(one)) for name, one in part.items())
            parts.append('  "served": {\n%s\n  }' % lines)
        else:
            parts.append("  %s: %s" % (json.dumps(key), json.dumps(part, indent=4 if isinstance(part, dict) else None).replace("\n}", "\n  }")))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def picture(width, height):
    """A picture that the test makes by the same formula."""
    y, x = np.mgrid[0:height, 0:width]
    rgb = np.stack([(x * 7 + y * 3) % 256, (x * y // 11) % 256, (x * x // 97 + 5 * y) % 256], axis=-1)
    return Image.fromarray(rgb.astype(np.uint8))


PICTURES = {"300 x 451": picture(300, 451), "517 x 260": picture(517, 260), "31 x 44": picture(31, 44),
            "rgb.png": Image.open(os.path.join(IMAGES, "rgb.png")).convert("RGB")}

GREY = {"image_mean": [0.1, 0.2, 0.3], "image_std": [0.4, 0.5, 0.6]}

VARIANTS = {
    "Beit": [{"do_center_crop": True, "size": 256}, {"reduce_labels": True, "do_reduce_labels": True}],
    "Bit": [{"size": {"shortest_edge": 256}, **GREY}, {"crop_size": [64, 96], "do_rescale": False}],
    "Blip": [{"size": {"height": 60, "width": 90}, "resample": 1}],
    "CLIP": [{"size": 70, "crop_size": 64}, {"size": [48, 80], "do_center_crop": False}, {"do_resize": False, "crop_size": 37},
             {"size": {"shortest_edge": 33}, "crop_size": {"height": 40, "width": 41}, "do_normalize": False}],
    "ConvNext": [{"size": 224, "crop_pct": 0.875, "resample": 3}, {"size": {"shortest_edge": 100}, "crop_pct": 0.9},
                 {"size": {"shortest_edge": 224}, **GREY}],
    "DINOv3ViT": [{"size": {"height": 64, "width": 48}}],
    "DPT": [{"size": 100, "ensure_multiple_of": 32}],
    "DeiT": [{"size": 256, "crop_size": 224, "resample": 3, **GREY}, {"do_center_crop": False}],
    "EfficientNet": [{"include_top": False}, {"rescale_offset": True, "rescale_factor": 1 / 127.5, "do_normalize": False},
                     {"do_center_crop": True, **GREY}, {"resample": 0, "size": 224, **GREY}],
    "Flava": [{"size": 100, "crop_size": 90, "return_codebook_pixels": False}],
    "Gemma3": [{"do_pan_and_scan": False, "size": 90}],
    "LayoutLMv3": [{"apply_ocr": False}],
    "Levit": [{"size": 112, "crop_size": 96}, {"size": {"height": 80, "width": 70}, "do_center_crop": False}],
    "Llava": [{"do_pad": False, "crop_size": 336, "size": 336}],
    "MobileNetV1": [{"do_convert_rgb": True}],
    "MobileNetV2": [{"size": 232, "do_reduce_labels": True}],
    "MobileViT": [{"size": 288}, {"do_flip_channel_order": False, "do_rescale": False, "image_mean": [1, 2, 3]}],
    "Perceiver": [{"size": 224, "crop_size": 256, "resample": 3, "image_mean": [0.48, 0.45, 0.4], "image_std": [0.26, 0.26, 0.27]},
                  {"size": {"height": 60, "width": 90}, "crop_size": {"height": 70, "width": 100}}, {"do_center_crop": False}],
    "PoolFormer": [{"crop_pct": 0.95, "size": 224}, {"size": {"height": 60, "width": 60}, "crop_size": 50},
                   {"size": {"height": 60, "width": 70}, "do_center_crop": False}, {"crop_pct": None}],
    "RTDetr": [{"do_normalize": True, "size": {"height": 64, "width": 64}}, {"do_pad": True, "pad_size": {"height": 640, "width": 640}, "do_convert_annotations": True}],
    "Segformer": [{"size": 128, "reduce_labels": True}, {"do_normalize": False}],
    "Siglip": [{"size": {"height": 64, "width": 96}, "resample": 2}],
    "ViT": [{"size": 70, "resample": 5}, {"size": [40, 60], "resample": 4, "image_mean": 0.4}, {"do_rescale": False, "do_normalize": False},
            {"do_center_crop": True, "crop_size": 32}, {"do_normalize": None, "do_rescale": None}, {"do_center_crop": None, "size": 70, "default_to_square": True}],
}


def answers(known):
    cases = []
    for name in sorted(SERVED):
        for fields in [{}] + VARIANTS.get(name, []):
            if name == "LayoutLMv3" and not fields:
                continue
            with tempfile.TemporaryDirectory() as folder:
                file = dict(image_processor_type=name + SUFFIX, **fields)
                with open(folder + "/preprocessor_config.json", "w") as out:
                    json.dump(file, out)
                processor = known[name].from_pretrained(folder)
            for title, image in PICTURES.items():
                if title == "rgb.png" and fields:
                    continue
                values = np.asarray(processor(image, return_tensors="pt")["pixel_values"][0], dtype=np.float64)
                flat = values.reshape(-1)
                places = [(i * 79_907 + 13) % flat.size for i in range(8)]
                cases.append({"file": file, "picture": title, "shape": list(values.shape), "mean": significant(flat.mean()),
                              "square": significant((flat ** 2).mean()),
                              "values": [significant(one) for one in flat[places]]})
    return cases


def significant(value):
    return float("%.6g" % value)


if __name__ == "__main__":
    torch.set_num_threads(1)
    types = classes()
    with open(TABLE, "w") as out:
        out.write(written(table(types)))
    with open(os.path.join(IMAGES, "processors.json"), "w") as out:
        made = answers(types)
        lines = ",\n".join(json.dumps(case) for case in made)
        out.write('{"made": "by src/test/python/image_processors.py with transformers %s", "cases": [\n%s\n]}\n'
                  % (transformers.__version__, lines))
