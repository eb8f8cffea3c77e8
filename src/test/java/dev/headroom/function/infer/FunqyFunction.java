package dev.headroom.function.infer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.InputReader;
import dev.headroom.request.Urgency;
import io.quarkus.funqy.Funq;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;

/** The native function again, at a path that has no route of Headroom's, so that Funqy's own HTTP binding serves it. */
@Singleton
public class FunqyFunction {

    private final InferFunction function;
    private final InputReader limits;

    FunqyFunction(InferFunction function, InputReader limits) {
        this.function = function;
        this.limits = limits;
    }

    /** Does what {@link InferRoute} does, less the deadline and the priority. */
    @Funq("infer-by-funqy")
    public Uni<InferResponse> infer(JsonNode body) {
        return function.infer(InferCall.ofHttp(InferRequest.read(body, limits), Urgency.INTERACTIVE));
    }
}
