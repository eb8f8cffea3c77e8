#!/bin/sh
# Puts prove.py and what it needs into a folder, which a person copies to a GPU host beside the image's (JDK 17 or newer):
#   src/gpu/pack.sh [IMAGE] [OUT]
# IMAGE is target/image/headroom unless given, and OUT the folder "prove" beside IMAGE.
set -eu

here=$(dirname "$(readlink -f "$0")")
image=${1:-target/image/headroom}
out=${2:-$(dirname "$image")/prove}

runtime=$(find "$image/app" -name 'com.microsoft.onnxruntime.*.jar' | head -n 1)
if [ -z "$runtime" ]; then
    echo "pack.sh: $image has no ONNX Runtime; build it first by ./mvnw -DskipTests -Pgpu package" >&2
    exit 1
fi

rm -rf "$out"
mkdir -p "$out/classes"
"${JAVA_HOME:+$JAVA_HOME/bin/}javac" --release 17 -Xlint:all -Werror -cp "$runtime" -d "$out/classes" "$here/BareLoop.java"
"${JAVA_HOME:+$JAVA_HOME/bin/}jar" --create --file "$out/bare.jar" -C "$out/classes" .
rm -r "$out/classes"
cp "$here/prove.py" "$here/../test/resources/minilm-reference.json" "$out"
echo "Copy $image and $out to the host, and run there: python3 prove/prove.py headroom"
