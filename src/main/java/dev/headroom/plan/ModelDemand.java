package dev.headroom.plan;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.MemoryProfile;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The facts of a model that its plan follows from.
 *
 * @param name the model's name, for the messages
 * @param precision the file that is served; all else follows from that file
 * @param weightBytes the size of its weights: its initialisers, external data included
 * @param elementsPerItem padded elements of the longest item: tokens of a text at the model's maximum length
 * @param bytesPerElement bytes outside the heap for the inputs and outputs of a padded element
 * @param declared the memory that the model's folder declares; empty where it declares none
 * @param batch the most items of a batch that the model's folder sets; empty where it sets none
 * @param mixesRows true if an item's numbers change with the items beside it
 * @param calibration the measurement on this device; empty until there is one
 * @param opened bytes that its last opening on this device took; empty before the first
 */
public record ModelDemand(
        String name,
        PrecisionSetting precision,
        long weightBytes,
        long elementsPerItem,
        long bytesPerElement,
        Optional<MemoryProfile> declared,
        @JsonIgnore OptionalInt batch,
        @JsonIgnore boolean mixesRows,
        @JsonIgnore Optional<Calibration> calibration,
        @JsonIgnore OptionalLong opened) {

    /** A model that has not been opened on this device. */
    public ModelDemand(
            String name,
            PrecisionSetting precision,
            long weightBytes,
            long elementsPerItem,
            long bytesPerElement,
            Optional<MemoryProfile> declared,
            OptionalInt batch,
            boolean mixesRows,
            Optional<Calibration> calibration) {
        this(
                name,
                precision,
                weightBytes,
                elementsPerItem,
                bytesPerElement,
                declared,
                batch,
                mixesRows,
                calibration,
                OptionalLong.empty());
    }

    /** This model with a measurement. */
    public ModelDemand calibrated(Calibration measured) {
        return with(Optional.of(measured), opened);
    }

    /** This model after an opening, which took so many bytes of the device. */
    public ModelDemand opened(long bytes) {
        return with(calibration, OptionalLong.of(bytes));
    }

    private ModelDemand with(Optional<Calibration> measured, OptionalLong openedBytes) {
        return new ModelDemand(
                name,
                precision,
                weightBytes,
                elementsPerItem,
                bytesPerElement,
                declared,
                batch,
                mixesRows,
                measured,
                openedBytes);
    }

    /** The profile that predicts its memory: measured, else declared, else none. */
    Optional<MemoryProfile> memory() {
        return calibration.flatMap(Calibration::memory).or(() -> declared);
    }

    /** Bytes that a batch of one of the longest items takes, as far as is known; else an eighth of the weights. */
    public long itemBytes() {
        return memory().map(profile -> profile.batchBytes(1, elementsPerItem)).orElse(weightBytes / 8);
    }

    /** Bytes that it takes of the device without a batch, as far as is known. */
    public long baseBytes() {
        return calibration
                .map(Calibration::baseBytes)
                .or(() -> opened.stream().boxed().findFirst())
                .or(() -> declared.map(MemoryProfile::baseBytes))
                .orElse(weightBytes);
    }
}
