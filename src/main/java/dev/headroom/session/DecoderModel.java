package dev.headroom.session;

import dev.headroom.model.ModelSpec;

/** A model that generates text, open on a device. The device's thread calls; any thread may read the name and the weight. */
public final class DecoderModel implements Tenant, AutoCloseable {

    private final ModelSpec spec;
    private final Decoder decoder;

    private DecoderModel(ModelSpec spec, Decoder decoder) {
        this.spec = spec;
        this.decoder = decoder;
    }

    /**
     * Loads a model.
     *
     * @throws dev.headroom.model.BrokenModelException when ONNX Runtime cannot load the graph
     */
    public static DecoderModel open(ModelSpec spec, ExecutionProvider provider) {
        return new DecoderModel(spec, Decoder.open(spec, provider));
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public int weight() {
        return spec.weight();
    }

    @Override
    public void shrink() {
        decoder.shrink();
    }

    /** Its session, with the sequences. */
    public Decoder decoder() {
        return decoder;
    }

    @Override
    public void close() {
        decoder.close();
    }
}
