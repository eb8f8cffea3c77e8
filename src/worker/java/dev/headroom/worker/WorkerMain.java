package dev.headroom.worker;

import dev.headroom.Main;
import dev.headroom.settings.WorkerRules;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Starts the service with a worker in it. */
@QuarkusMain(name = "worker")
public final class WorkerMain {

    private WorkerMain() {}

    /** Serves until it is stopped, or runs the command that the arguments name. */
    public static void main(String... args) {
        WorkerRules.join();
        Main.main(args);
    }
}
