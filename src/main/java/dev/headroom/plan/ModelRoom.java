package dev.headroom.plan;

import dev.headroom.device.Bytes;
import dev.headroom.settings.PlanRefusedException;

/**
 * Tells whether a model and its longest item fit into the memory that is there for it, as far as is known.
 *
 * @param budget the memory that is there for this model
 */
record ModelRoom(ServingDevice device, MemoryBudget budget, ModelDemand model) {

    /**
     * Checks that one item of the model fits, as far as is known.
     *
     * @throws PlanRefusedException when it does not fit
     */
    void check() {
        if (model.calibration().isPresent() || model.opened().isPresent()) {
            return; // it has run on this device
        }
        if (budget.available().limited()) {
            checkLimit();
        } else if (oneItemBytes() > budget.availableBytes()) {
            throw notOneFits();
        }
    }

    /**
     * ONNX Runtime's arena of the CPU does not enforce a limit that the weights in it exceed, and only the loaded session
     * knows how much that is: 41 of 86 MiB for all-MiniLM-L6-v2. On a GPU all weights are in the arena.
     */
    private void checkLimit() {
        if (budget.availableBytes() < (device.gpu() ? model.weightBytes() : model.weightBytes() / 2)) {
            throw new PlanRefusedException(
                    "headroom.memory.limit leaves %s (%s) for %s, whose weights alone take %s: raise it well above that, or leave it out."
                            .formatted(
                                    Bytes.text(budget.availableBytes()),
                                    budget.terms(),
                                    model.name(),
                                    Bytes.text(model.weightBytes())));
        }
    }

    /** Bytes that the model and one item of the greatest length take; the weights alone where no more is known. */
    long oneItemBytes() {
        return model.memory()
                .map(profile -> profile.bytes(1, model.elementsPerItem()))
                .orElse(model.weightBytes());
    }

    private PlanRefusedException notOneFits() {
        String needs = model.memory()
                .map(profile -> "%s and %s for the item"
                        .formatted(
                                Bytes.text(profile.baseBytes()),
                                Bytes.text(profile.batchBytes(1, model.elementsPerItem()))))
                .orElse("its weights alone");
        return new PlanRefusedException(
                ("Not even one item of %s fits on %s: it takes %s (%s), and %s are there (%s). Use a device with more"
                                + " memory or a smaller model, lower headroom.memory.reserved, or correct the memory"
                                + " that the model's folder declares.")
                        .formatted(
                                model.name(),
                                device.name(),
                                Bytes.text(oneItemBytes()),
                                needs,
                                Bytes.text(budget.availableBytes()),
                                budget.terms()));
    }

    /** True if each lane can hold one item of the greatest length at the same time, as far as is known. */
    boolean carries(int lanes) {
        long largest = model.calibration()
                .map(measured -> budget.bytes(measured.baseBytes()))
                .orElseGet(budget::bytes);
        return model.memory()
                .map(profile -> profile.bytes(lanes, model.elementsPerItem()) <= largest)
                .orElse(true);
    }
}
