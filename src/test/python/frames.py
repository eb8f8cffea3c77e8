"""Writes GIF and WebP files whose frames do not fill their screens, lossy WebP files, and what Pillow makes of them.

    python frames.py

It needs Pillow 12.3, and writes src/test/resources/image/frames.json.
"""
import base64
import io
import json
import os
import struct
import numpy as np
from PIL import Image, __version__

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "resources", "image")


def coloured(width, height):
    """Edges between strong colours, and noise."""
    y, x = np.mgrid[0:height, 0:width]
    rgb = np.stack([(x // 5 % 2) * 255, (y // 7 % 2) * 220 + x % 9, ((x + y) // 6 % 2) * 250], axis=-1).clip(0, 255)
    return Image.fromarray(rgb.astype(np.uint8))


def indexed(width, height):
    image = Image.new("P", (width, height))
    image.putdata([(x * 3 + y) % 4 for y in range(height) for x in range(width)])
    image.putpalette(FIRST)
    return image


FIRST = [200, 10, 20, 30, 210, 40, 50, 60, 220, 70, 80, 90]
SECOND = [1, 2, 3, 250, 240, 230, 90, 80, 70, 17, 99, 180]


def gif(screen, at, transparent=None, own=False, size=(7, 5)):
    """The frame of a GIF of Pillow's, on a screen of another size."""
    out = io.BytesIO()
    indexed(*size).save(out, "GIF", interlace=0)
    plain = out.getvalue()
    start = plain.index(b",", 13 + 12)
    frame = bytearray(plain[start:-1])
    struct.pack_into("<HH", frame, 1, *at)
    if own:
        frame[9] |= 0x81
        frame[10:10] = bytes(SECOND)
    head = plain[:6] + struct.pack("<HHBBB", *screen, 0x81, 2, 0) + bytes(FIRST)
    control = b"" if transparent is None else b"!\xf9\x04" + struct.pack("<BHB", 1, 5, transparent) + b"\0"
    return head + control + bytes(frame) + b";"


def webp(image, **options):
    out = io.BytesIO()
    image.save(out, "WEBP", **options)
    return out.getvalue()


def three(number):
    return struct.pack("<I", number)[:3]


def animated(screen, at, image, **options):
    chunk = webp(image, **options)[12:]
    width, height = image.size
    frame = three(at[0] // 2) + three(at[1] // 2) + three(width - 1) + three(height - 1) + three(50) + b"\2" + chunk
    body = b"".join(name + struct.pack("<I", len(part)) + part for name, part in [
        (b"VP8X", b"\2\0\0\0" + three(screen[0] - 1) + three(screen[1] - 1)), (b"ANIM", b"\x10\x20\x30\xff\0\0"), (b"ANMF", frame)])
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


FILES = {
    "gif, frame in the middle": gif((12, 9), (3, 2)),
    "gif, with a transparent colour": gif((12, 9), (3, 2), transparent=2),
    "gif, with a transparent colour beyond the palette": gif((12, 9), (3, 2), transparent=77),
    "gif, with a palette of its own": gif((12, 9), (5, 4), own=True),
    "gif, with both": gif((12, 9), (0, 1), transparent=3, own=True),
    "gif, beyond the screen": gif((6, 4), (3, 2)),
    "gif, transparent and filling the screen": gif((7, 5), (0, 0), transparent=1),
    "webp, lossless frame": animated((20, 16), (4, 6), coloured(9, 7), lossless=True),
    "webp, lossy frame": animated((30, 26), (2, 8), coloured(19, 17), quality=90),
    **{"webp, lossy %d x %d" % size: webp(coloured(*size), quality=80) for size in [(48, 32), (33, 47), (16, 1), (1, 9), (2, 2)]},
    "webp, lossy and poor": webp(coloured(64, 40), quality=5),
}


def decoded(file):
    image = Image.open(io.BytesIO(file)).convert("RGB")
    return {"file": base64.b64encode(file).decode(), "width": image.width, "height": image.height,
            "rgb": base64.b64encode(image.tobytes()).decode()}


with open(os.path.join(FOLDER, "frames.json"), "w") as out:
    json.dump({"made": "by src/test/python/frames.py with Pillow " + __version__,
               "files": {name: decoded(file) for name, file in FILES.items()}}, out, indent=1)
    out.write("\n")
