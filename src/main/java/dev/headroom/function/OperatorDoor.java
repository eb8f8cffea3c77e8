package dev.headroom.function;

import io.vertx.core.http.HttpServerRequest;
import java.util.Set;

/** The plan, health and metrics, which operators read; and every request that belongs to no other door. */
final class OperatorDoor implements Door {

    private static final Set<String> HEALTH =
            Set.of("/q/health", "/q/health/live", "/q/health/ready", "/q/health/started");

    @Override
    public String name() {
        return "other";
    }

    @Override
    public boolean takes(HttpServerRequest request, String path) {
        return true;
    }

    @Override
    public boolean infers(String path) {
        return false;
    }

    @Override
    public boolean isForOperators(String path) {
        return path.equals("/plan") || path.startsWith("/plan/") || path.equals("/q") || path.startsWith("/q/");
    }

    @Override
    public boolean isHealth(String path) {
        return HEALTH.contains(path);
    }
}
