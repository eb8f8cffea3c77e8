package dev.headroom.plan;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.MemoryProfile;
import java.util.Optional;

/**
 * What a model asks of a plan.
 *
 * @param name the model's name, for the messages
 * @param precision which of its files is served: all else follows from that file
 * @param weightBytes what its weights take: its initialisers, external data included
 * @param elementsPerItem padded elements of the longest item: tokens of a text at the model's maximum length
 * @param bytesPerElement what the inputs and outputs of a padded element take outside the heap
 * @param declared the memory that the model's folder declares; empty where it declares none
 * @param calibration what was measured of it on this device; empty until then
 */
public record ModelDemand(
        String name,
        PrecisionSetting precision,
        long weightBytes,
        long elementsPerItem,
        long bytesPerElement,
        Optional<MemoryProfile> declared,
        @JsonIgnore Optional<Calibration> calibration) {

    /** The same with what was measured. */
    public ModelDemand calibrated(Calibration measured) {
        return new ModelDemand(
                name, precision, weightBytes, elementsPerItem, bytesPerElement, declared, Optional.of(measured));
    }

    /** What is known of its memory, best knowledge first. */
    Optional<MemoryProfile> memory() {
        return calibration.flatMap(Calibration::memory).or(() -> declared);
    }

    /** What it takes of the device without a batch, as far as is known. */
    public long baseBytes() {
        return calibration
                .map(Calibration::baseBytes)
                .or(() -> declared.map(MemoryProfile::baseBytes))
                .orElse(weightBytes);
    }
}
