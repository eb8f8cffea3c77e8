package dev.headroom.function.tgi;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.headroom.function.Problem;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * A failure as TGI's clients read it, in an answer or in a stream.
 *
 * @param error the cause and the remedy
 * @param errorType TGI's word for the status
 */
@RegisterForReflection
record TgiError(String error, @JsonProperty("error_type") String errorType) {

    static TgiError of(Problem problem) {
        int status = problem.status();
        return new TgiError(
                problem.detail(), status == 429 ? "overloaded" : status < 500 ? "validation" : "generation");
    }
}
