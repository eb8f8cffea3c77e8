package dev.headroom.serving;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** The three health checks of the served models. */
class PipelinesHealth {

    @Produces
    @Startup
    @Singleton
    HealthCheck started(Pipelines pipelines) {
        return () -> check("models are warm", pipelines.started());
    }

    @Produces
    @Readiness
    @Singleton
    HealthCheck ready(Pipelines pipelines) {
        return () -> check("models are served", pipelines.ready());
    }

    /** Fails only where no device is left for a model, which a restart of the process cures; names devices that are lost before. */
    @Produces
    @Liveness
    @Singleton
    HealthCheck live(Pipelines pipelines) {
        return () -> {
            HealthCheckResponseBuilder check = HealthCheckResponse.named("device answers");
            Optional<String> defect = pipelines.defect();
            if (defect.isPresent()) {
                return check.down().withData("reason", defect.get()).build();
            }
            List<String> losses = pipelines.losses();
            return losses.isEmpty()
                    ? check.up().build()
                    : check.up().withData("lost", String.join("; ", losses)).build();
        };
    }

    private static HealthCheckResponse check(String name, boolean up) {
        return HealthCheckResponse.named(name).status(up).build();
    }
}
