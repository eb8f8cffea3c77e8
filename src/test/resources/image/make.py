"""Makes the images beside it, and what Pillow 9.4 (Debian's python3-pil, with cwebp of its package webp) reads and makes of them.

    apt-get install python3-pil webp && /usr/bin/python3 make.py
"""
import base64, json, subprocess
from PIL import Image, __version__

WIDTH, HEIGHT = 26, 19


def smooth(size=(WIDTH, HEIGHT)):
    image = Image.new("RGB", size)
    image.putdata([(x * 255 // size[0], y * 255 // size[1], 255 - x * 200 // size[0]) for y in range(size[1]) for x in range(size[0])])
    return image


def rough(size=(37, 23)):
    image = Image.new("RGB", size)
    image.putdata([tuple((x * 7 + y * 13 + c * 50 + (x * y) % 31 * 5) % 256 for c in range(3)) for y in range(size[1]) for x in range(size[0])])
    return image


rgb = smooth()
alpha = Image.linear_gradient("L").resize(rgb.size)
rgba = rgb.copy()
rgba.putalpha(alpha)
grey = rgb.convert("L")
palette = rgb.quantize(40)

rgb.save("baseline.jpg", quality=95)
rgb.save("progressive.jpg", quality=95, progressive=True)
grey.save("grey.jpg", quality=95)
rgb.convert("CMYK").save("cmyk.jpg", quality=95)
data = bytearray(open("cmyk.jpg", "rb").read())
data[data.index(b"Adobe") + 11] = 2  # other colours, the same for every reader
open("ycck.jpg", "wb").write(data)
rgb.save("rgb.png")
rgba.save("rgba.png")
grey.save("grey.png")
rgba.convert("LA").save("grey-alpha.png")
grey.convert("1").save("one-bit.png")
palette.save("palette.png", transparency=3)
palette.save("palette.gif", interlace=0)
palette.save("interlaced.gif", interlace=1)
palette.save("animated.gif", save_all=True, append_images=[grey.convert("P"), palette], duration=50)
rgb.save("rgb.bmp")
palette.save("palette.bmp")
rgba.save("rgba.bmp")
rgba.save("source.png")
subprocess.run("cwebp -quiet -q 95 rgb.png -o lossy.webp; cwebp -quiet -lossless -exact rgb.png -o lossless.webp;"
               "cwebp -quiet -q 95 -exact rgba.png -o lossy-alpha.webp; cwebp -quiet -lossless -exact rgba.png -o lossless-alpha.webp;"
               "rm source.png", shell=True, check=True)
rgb.save("animated.webp", save_all=True, append_images=[grey.convert("RGB")], duration=50, lossless=True)

def encoded(image):
    return {"width": image.width, "height": image.height, "rgb": base64.b64encode(image.convert("RGB").tobytes()).decode()}


import glob
decoded = {name: encoded(Image.open(name)) for name in sorted(glob.glob("*.*")) if not name.endswith((".py", ".json"))}
resized = [dict(encoded(rough().resize(size, code)), filter=code) for code in range(6) for size in [(16, 11), (53, 41), (37, 9), (90, 5)]]
with open("pillow.json", "w") as file:
    json.dump({"made": "by make.py with Pillow " + __version__, "source": encoded(rough()), "decoded": decoded, "resized": resized}, file, indent=1)
