package dev.headroom.settings;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Everything an operator can set. An empty value means "derive it for me": {@code GET /plan} shows what was derived
 * and why. The README's table is this javadoc.
 */
@ConfigMapping(prefix = "headroom")
public interface HeadroomConfig {

    /** The folder that holds one folder for each model. Set it to where your models are mounted. */
    @WithDefault("models")
    Path models();

    /**
     * The folder in which measurements are kept for the next start. Set it to a folder that outlives the process, such as
     * a mounted volume. Unless set, they are measured anew at each start.
     */
    Optional<Path> stateDir();

    /**
     * When to measure what the device carries. {@code background} does it after the start, while nobody calls;
     * {@code startup} before the first call is taken; {@code off} leaves it at what the model's folder declares.
     */
    @WithDefault("background")
    CalibrationMode calibration();

    /**
     * Where to serve. {@code auto} takes a GPU that works, else the CPU, and says why; {@code gpu} refuses to start
     * without a working GPU; {@code cpu} never asks for one.
     */
    @WithDefault("auto")
    DeviceMode device();

    /**
     * Which file to serve of a model whose folder has one in half precision beside the other. {@code auto} takes it on a
     * GPU of compute capability 7.0 or newer; {@code full} never does: set it where half precision costs a model too much
     * of its accuracy; {@code half} does on every device. Where the file is missing that is set, the start is refused.
     */
    @WithDefault("auto")
    PrecisionMode precision();

    /** The batch that goes to the device. */
    Batch batch();

    /** What waits for the device. */
    Queue queue();

    /** What a request may hold. */
    Input input();

    /** Inputs that are named by a URL and downloaded. */
    References references();

    /** The memory of the device. */
    Memory memory();

    /** Events that come several times. */
    Events events();

    /** Requests to admit beyond the running batch; Knative's {@code containerConcurrency}. Derived: (lanes + 1) x batch. */
    OptionalInt prefetch();

    /**
     * Items tokenised at a time; as many images are decoded, but always one fewer than there are cores. Set it lower when
     * the cores are shared. Derived: min(batch, cores).
     */
    OptionalInt workers();

    /**
     * Batches on the device at a time. Set it lower when the cores are shared, to 1 to give every batch all of them.
     * Derived: 1 on a GPU; on a CPU one for each core, or 1 where that was measured to be faster.
     */
    OptionalInt lanes();

    /** Inputs downloaded at a time. Derived: 2 x batch. */
    OptionalInt fetches();

    /**
     * How long one batch may take before its items are answered 504. Set it only where callers must not wait longer:
     * their own deadlines are kept anyway. Derived: 60 s until the model is measured, then four times what was measured,
     * at least 10 s; and at any time four times what the slowest of the last batches took.
     */
    Optional<Duration> timeout();

    /** Who may come in. */
    Auth auth();

    /** Where operators look. */
    Management management();

    /** The batch that goes to the device. */
    interface Batch {

        /**
         * Most items in one batch. Set it only to force a size, whatever the memory: an out-of-memory error still
         * halves it. Derived: from throughput, once that is measured.
         */
        OptionalInt maxItems();

        /** Most padded elements (rows x longest row) in one batch. Derived: from throughput, once that is measured. */
        OptionalLong maxElements();

        /** Longest that an item waits for others to share its batch. Raise it for fuller batches. Default 10 ms. */
        Optional<Duration> maxWindow();
    }

    /** What waits for the device. */
    interface Queue {

        /** Items admitted and not yet answered; beyond it a request is answered 429. Derived: 64 x prefetch. */
        OptionalInt maxItems();

        /** Bytes of input admitted and not yet answered; beyond it 429. Derived: an eighth of the largest heap. */
        Optional<MemorySize> maxBytes();
    }

    /** Inputs that are named by a URL and downloaded. */
    interface References {

        /**
         * Hosts from which inputs are downloaded: {@code images.example.com}; {@code *.example.com} for all below a
         * domain; {@code *} for every host with a public address. Ports other than 80 and 443 are written behind:
         * {@code minio.storage.svc:9000}. Unless set, every reference is refused.
         */
        Optional<List<String>> allowedHosts();

        /**
         * Networks that are not public and may be reached all the same, by the hosts that are named other than by
         * {@code *}: {@code 10.0.0.0/8}. Set it for a store inside the cluster. Unless set, addresses have to be public.
         */
        Optional<List<String>> allowedNetworks();

        /** The largest input that is downloaded; a larger one is answered 413. */
        @WithDefault("10M")
        MemorySize maxBytes();

        /** How long one download may take, from the look-up of the name to the last byte, redirects included. */
        @WithDefault("10s")
        Duration timeout();

        /** How many redirects are followed, each checked like the first URL; 0 follows none. */
        @WithDefault("3")
        int maxRedirects();
    }

    /** What a request may hold; what holds more is answered 413, or 400 where it is no size. */
    interface Input {

        /** Items of one request. Lower it where one caller should not fill the queue. Derived: what the queue holds. */
        OptionalInt maxItems();

        /** Characters of one text, of which the model reads the beginning. Lower it where books are sent by mistake. */
        @WithDefault("10000000")
        int maxCharacters();

        /** Pixels of one image, as its header says before any is decoded. Raise it for larger photographs. */
        @WithDefault("40000000")
        long maxPixels();

        /**
         * Memory for all images that are decoded at a time; one that alone needs more is refused. A pixel takes 3 bytes to
         * 17. Derived: a quarter of the largest heap.
         */
        Optional<MemorySize> imageMemory();

        /**
         * Memory for what the callers of all requests send that are here at a time; beyond it 429. Requests of up to 64 KB
         * may use half as much again. Raise it, or the heap, for many large bodies at a time. Derived: an eighth of the largest heap.
         */
        Optional<MemorySize> bodyMemory();

        /** Elements of one request's tensors. Raise it, and the body's size, for larger tensors. */
        @WithDefault("16777216")
        long maxElements();

        /** How deep JSON may nest. Nothing that is served is deeper than 10, tensors as nested arrays aside. */
        @WithDefault("64")
        int maxJsonDepth();

        /** Characters of a number in JSON. A longer one is no number of a model's. */
        @WithDefault("64")
        int maxNumberLength();

        /**
         * How long the head of a request may take to come, and then its body; what takes longer is answered 408 and
         * the connection closed. A caller has as long to read an answer. Raise it for callers on slow lines that send or
         * ask for much.
         */
        @WithDefault("30s")
        Duration readTimeout();
    }

    /** The memory of the device. */
    interface Memory {

        /**
         * What this process may take of the device. On a CPU it caps ONNX Runtime's arena, so that a batch fails and
         * is halved where the kernel would have killed the process; on a GPU it is {@code gpu_mem_limit}. Derived on a
         * CPU: what is free, less the reserve.
         */
        Optional<MemorySize> limit();

        /** What to leave free on the device. Derived: 2 GiB for CUDA on a GPU, 128 MiB for the process on a CPU. */
        Optional<MemorySize> reserved();

        /**
         * The share of the available memory that the largest batch may fill, above 0 and at most 1; once the model is
         * measured, of what it leaves.
         */
        @WithDefault("0.80")
        double target();
    }

    /** Who may come in. Everybody may, unless a key or an issuer of tokens is set; health is always open. */
    interface Auth {

        /**
         * The keys of which a request has to bring one, of at least 16 visible ASCII characters each. Set it from a
         * secret, in the environment as {@code HEADROOM_AUTH_API_KEYS}. Two keys let callers change theirs one by one.
         */
        Optional<List<String>> apiKeys();

        /**
         * A file of further keys, one a line, {@code #} begins a comment. Set it where keys change while the service
         * runs: it is read again when it changes, such as a mounted Kubernetes secret.
         */
        Optional<Path> apiKeysFile();

        /**
         * The issuer whose tokens let in, as they name it ({@code iss}): an address under which
         * {@code /.well-known/openid-configuration} lies. Set it where callers bring tokens, as Knative Eventing does.
         */
        Optional<URI> issuer();

        /** The audience that the issuer's tokens must have: one of these. To be set with the issuer. */
        Optional<List<String>> audience();
    }

    /** Where operators look. */
    interface Management {

        /**
         * The port of {@code /plan} and {@code /q/metrics}, which the other port then answers 404; health is on both.
         * Set it where callers should not see them. Unless set they are on the one port.
         */
        OptionalInt port();

        /** The address that this port is opened on. */
        @WithDefault("0.0.0.0")
        String host();
    }

    /** Events that come several times, as brokers deliver them. */
    interface Events {

        /**
         * How long the answer to an event is kept for the same event: of the same source, id and data. Set it to longer
         * than your broker takes until it repeats one; 0 answers each anew.
         */
        @WithDefault("10m")
        Duration duplicateWindow();

        /** Memory for those answers; beyond it the oldest go. Derived: a 32nd of the largest heap. */
        Optional<MemorySize> duplicateBytes();
    }
}
