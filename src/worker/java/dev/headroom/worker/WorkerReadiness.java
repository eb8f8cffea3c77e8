package dev.headroom.worker;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Says which broker gives no events, and why. A restart would not help, so that liveness does not fail. */
@Readiness
@Singleton
class WorkerReadiness implements HealthCheck {

    private final Worker worker;

    WorkerReadiness(Worker worker) {
        this.worker = worker;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder check =
                HealthCheckResponse.named("brokers give events").up();
        worker.feeds()
                .forEach(feed -> feed.trouble().ifPresent(reason -> check.down().withData(feed.name(), reason)));
        return check.build();
    }
}
