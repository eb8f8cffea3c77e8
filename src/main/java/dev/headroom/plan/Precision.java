package dev.headroom.plan;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/** The precision of a graph's file, as its name tells. */
public enum Precision {
    /** The file as it was exported, usually with 32 bits a value. */
    FULL(".onnx", 0),
    /**
     * The same graph with 16 bits a value: IEEE's binary16, whose largest number is 65,504. Tensor cores multiply in it since
     * Volta; other devices convert it.
     */
    HALF("_fp16.onnx", 7.0),
    /**
     * The same with bfloat16, which has the range of 32 bits and 8 binary digits. Ampere is the first generation that
     * multiplies in it, and ONNX Runtime does on no CPU.
     */
    BFLOAT16("_bf16.onnx", 8.0);

    /** Those in 16 bits, the more exact one first. */
    public static final List<Precision> REDUCED = List.of(HALF, BFLOAT16);

    private final String ending;
    private final double leastCapability;

    Precision(String ending, double leastCapability) {
        this.ending = ending;
        this.leastCapability = leastCapability;
    }

    /** The precision of the file with this name; full unless its ending says otherwise. */
    public static Precision of(String file) {
        for (Precision reduced : REDUCED) {
            if (file.endsWith(reduced.ending)) {
                return reduced;
            }
        }
        return FULL;
    }

    /**
     * The file in this precision that belongs to a graph's file in full precision.
     *
     * @param file a name or path, whose ending may lack
     */
    public String beside(String file) {
        return file.replaceFirst("(\\.onnx)?$", ending);
    }

    /** The first compute capability of GPUs that it suits. */
    double leastCapability() {
        return leastCapability;
    }

    /** The lower-case word that {@code GET /plan} shows. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
