package dev.headroom.batch;

import dev.headroom.gate.Gate;
import dev.headroom.request.BatchRun;
import dev.headroom.request.Item;
import dev.headroom.request.ItemList;
import dev.headroom.request.RequestTrace;
import dev.headroom.session.Model;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Tells the traces of a batch's requests that it has ended. */
record BatchTrace(Model model, Gate gate) {

    /** Tells them once; does nothing where no request is traced. */
    void ended(Batch batch, Recovery recovery, long startNanos) {
        List<RequestTrace> requests = requests(batch.items());
        if (!requests.isEmpty()) {
            ModelRunner.count(() -> tell(requests, batch, recovery, startNanos));
        }
    }

    private void tell(List<RequestTrace> requests, Batch batch, Recovery recovery, long startNanos) {
        List<Item<?>> items = batch.items();
        long elements = items.stream().mapToLong(Item::elements).sum();
        BatchRun.Size size =
                new BatchRun.Size(items.size(), elements, ItemList.padded(items) - elements, recovery.splits());
        requests.getFirst().ran(new BatchRun(model.name(), gate.name(), size, startNanos, requests));
    }

    /** The traced requests of these items, each once. */
    private static List<RequestTrace> requests(List<Item<?>> items) {
        Set<RequestTrace> requests = null;
        for (Item<?> item : items) {
            RequestTrace request = item.urgency().trace();
            if (request.isOn()) {
                requests = requests == null ? new LinkedHashSet<>() : requests;
                requests.add(request);
            }
        }
        return requests == null ? List.of() : new ArrayList<>(requests);
    }
}
