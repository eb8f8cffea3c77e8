package dev.headroom.task;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
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

    /** Fails only for what a restart of the process cures. */
    @Produces
    @Liveness
    @Singleton
    HealthCheck live(Pipelines pipelines) {
        return () -> pipelines
                .defect()
                .map(defect -> HealthCheckResponse.named("device answers")
                        .down()
                        .withData("reason", defect)
                        .build())
                .orElseGet(() -> check("device answers", true));
    }

    private static HealthCheckResponse check(String name, boolean up) {
        return HealthCheckResponse.named(name).status(up).build();
    }
}
