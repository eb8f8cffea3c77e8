package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.gate.Share;
import dev.headroom.generation.RunningGenerator.Room;
import dev.headroom.model.ModelSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.session.Decoder;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.ExecutionProvider;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.TinyLlama;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A real model that generates text on several devices, each with the room that its plan gives. */
final class RunningGenerators implements AutoCloseable {

    static final Room PLENTY = new Room(16 << 20, TinyLlama.LONGEST, 8, 64);
    static final Room ONE_ROW = new Room(16 << 20, TinyLlama.LONGEST, 1, 64);
    static final Room SHORT = new Room(1 << 20, 64, 4, 64);

    final GeneratingModel model;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Generators generators;
    private final List<Device> devices = new ArrayList<>();

    /** A device of one lane, and the model as it is open there. */
    private record Device(DeviceThread thread, Gate gate, Decoder decoder) {

        private static Device of(int number, ModelSpec spec, ExecutionProvider provider) {
            DeviceThread thread = new DeviceThread(Integer.toString(number));
            Decoder decoder = thread.call(() -> Decoder.open(spec, provider));
            return new Device(thread, new Gate("GPU " + number, thread, DeviceMemory.UNKNOWN), decoder);
        }

        private void close() {
            thread.call(() -> {
                decoder.close();
                return null;
            });
            thread.close();
        }
    }

    /** The model on as many devices as there are rooms. */
    RunningGenerators(ModelSpec spec, IntFunction<ExecutionProvider> provider, List<Room> rooms) {
        IntStream.range(0, rooms.size())
                .mapToObj(number -> Device.of(number, spec, provider.apply(number)))
                .forEach(devices::add);
        generators = new Generators(IntStream.range(0, rooms.size())
                .mapToObj(number -> generator(number, rooms.get(number)))
                .toList());
        model = new GeneratingModel(spec, generators);
        generators.start();
    }

    /** The model on threads of the CPU, as many as there are rooms. */
    static RunningGenerators of(ModelSpec spec, Room... rooms) {
        return new RunningGenerators(spec, number -> new Cpu(1), List.of(rooms));
    }

    private Generator generator(int number, Room room) {
        Device device = devices.get(number);
        Optional<String> tag = Optional.of(Integer.toString(number));
        return new Generator(
                device.decoder,
                device.gate,
                Generator.suited(room.plan(), device.decoder),
                new GenerationMeters(meters, device.decoder.name(), tag));
    }

    /** Has a prompt continued by the most probable tokens. */
    Told generate(int[] prompt, int tokens) {
        Told told = new Told();
        generate(prompt, tokens, told);
        return told;
    }

    /** The same; returns what ends it. */
    Runnable generate(int[] prompt, int tokens, GenerationListener listener) {
        return model.generate(
                new GenerationRequest(
                        prompt, RunningGenerator.GREEDY_TOLD, tokens, Stopping.AT_ENDS, Urgency.INTERACTIVE),
                listener);
    }

    /** Why a prompt is refused. */
    Failure refusal(int[] prompt, int tokens) {
        return assertThrows(RequestFailedException.class, () -> generate(prompt, tokens))
                .failure();
    }

    /** Takes a device, so that nothing runs there until the permit is given back. */
    Permit hold(int device) throws InterruptedException {
        return devices.get(device).gate.enter(new Share(1));
    }

    /** Waits until a device's turn is over. */
    void settle(int device) throws InterruptedException {
        devices.get(device).gate.call(() -> null);
    }

    /** A device is lost. */
    void lose(int device) {
        devices.get(device).gate.lose("the test says so");
    }

    /** Why no device is left. */
    Optional<String> lost() {
        return generators.lost();
    }

    boolean busy() {
        return generators.busy();
    }

    /** Sequences that wait on a device. */
    int waiting(int device) {
        return (int) gauge(device, "headroom.generation.sequences", "waiting");
    }

    double gauge(int device, String meter, String kind) {
        return meters.get(meter)
                .tags("device", Integer.toString(device), "kind", kind)
                .gauge()
                .value();
    }

    /** Tokens of a kind on a device, as the meter counts them. */
    int tokens(int device, String kind) {
        return (int) meters.get("headroom.generation.tokens")
                .tags("device", Integer.toString(device), "kind", kind)
                .counter()
                .count();
    }

    int count(int device, String meter) {
        return (int) meters.get(meter)
                .tags("device", Integer.toString(device))
                .counter()
                .count();
    }

    @Override
    public void close() {
        generators.close();
        devices.forEach(Device::close);
    }
}
