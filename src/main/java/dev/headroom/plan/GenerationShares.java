package dev.headroom.plan;

import java.util.List;

/**
 * How models that generate text share a device, with each other and with models that run batches.
 *
 * @param bytes what each of them may take, in their order
 */
public record GenerationShares(List<Long> bytes) {

    /**
     * They get all that others leave: beside models that run batches their weights, and half of what all weights leave, in equal
     * parts.
     *
     * @param availableBytes most bytes that all models may take of the device
     * @param othersBytes bytes of the weights of models that run batches; 0 where there are none
     */
    public static GenerationShares of(List<GenerationDemand> models, long availableBytes, long othersBytes) {
        long weights = models.stream().mapToLong(GenerationDemand::baseBytes).sum();
        long rest = Math.max(0, availableBytes - weights - othersBytes);
        long shared = othersBytes == 0 ? rest : rest / 2;
        return new GenerationShares(models.stream()
                .map(model -> model.baseBytes() + shared / models.size())
                .toList());
    }

    /** The bytes that they may take together. */
    public long all() {
        return bytes.stream().mapToLong(Long::longValue).sum();
    }
}
