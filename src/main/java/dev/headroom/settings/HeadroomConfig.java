package dev.headroom.settings;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The settings of an operator. Unless a setting is set, the service derives its value, and {@code GET /plan} gives the
 * reason. These comments are docs/settings.md: {@code @return} holds what applies unless the setting is set.
 */
@ConfigMapping(prefix = "headroom")
public interface HeadroomConfig {

    /**
     * The models: folders, and names on the Hugging Face Hub such as {@code BAAI/bge-small-en-v1.5} or {@code org/name@revision},
     * which the start downloads (docs/models.md). A folder holds a folder for each model, or is one itself. {@code NAME=}
     * before a folder of one model, or before a name, calls that model so. Set it to the place where your models are mounted, or to
     * their names.
     */
    @WithDefault("models")
    List<String> models();

    /**
     * The time without a request after which a model is closed, to give its memory back; the next request opens it again.
     * Set it if other processes can use that memory. A model that is pinned in its folder stays open.
     *
     * @return unless set, models are closed only to make room for others
     */
    @WithName("models.idle")
    Optional<Duration> idle();

    /**
     * The folder that keeps measurements and learned limits for the next start. Set it to a folder that outlives the
     * process, such as a mounted volume.
     *
     * @return unless set, nothing is kept
     */
    Optional<Path> stateDir();

    /**
     * When the service measures what the device carries. {@code background} measures after the start, while nobody
     * calls; {@code startup} before the first call; {@code off} keeps to the memory that the model's folder declares.
     */
    @WithDefault("background")
    CalibrationMode calibration();

    /**
     * Where the models run. {@code auto} takes every GPU that works, else the CPU, and gives the reason. {@code gpu}
     * refuses to start without a working GPU. {@code cpu} never looks for one.
     */
    @WithDefault("auto")
    DeviceMode device();

    /**
     * How long the start waits for a GPU whose memory other processes hold. Then {@code auto} takes the CPU, and
     * {@code gpu} refuses to start.
     */
    @WithDefault("60s")
    Duration deviceWait();

    /**
     * Which file of a model is served if its folder has one in half precision too (docs/models.md). {@code auto} takes
     * that file on a GPU of compute capability 7.0 or newer. {@code full} never takes it: set it if half precision costs
     * a model too much of its accuracy. {@code half} takes it on every device. If the chosen file is missing, the service
     * refuses to start.
     */
    @WithDefault("auto")
    PrecisionMode precision();

    /**
     * Whether batches of frequent shapes, and steps of generated text, run as CUDA graphs on a GPU: their launches are
     * recorded once and then launched together. {@code on} pays where launching takes longer than computing, as with small models on fast GPUs. It takes 16 MiB
     * of the models' memory for each model, and is not proven on a real GPU yet.
     */
    @WithDefault("off")
    CudaGraphsMode cudaGraphs();

    /**
     * Whether sequences that begin with the same tokens share what was read of them: the turns of a conversation, and requests with
     * the same instructions. {@code off} reads each prompt as a whole, so that the time to the first token does not tell whether
     * somebody has sent the same beginning before.
     */
    @WithDefault("on")
    PrefixCacheMode prefixCache();

    /** Limits of one batch. */
    Batch batch();

    /** Limits of the admitted work that is not answered yet. */
    Queue queue();

    /** Limits of one request and of all requests at a time. */
    Input input();

    /** Downloads of inputs that a URL names. */
    References references();

    /** The memory of the device. */
    Memory memory();

    /** Events that a broker delivers several times. */
    Events events();

    /**
     * The requests to admit beyond the running batch; Knative's {@code containerConcurrency}.
     *
     * @return unless set, (lanes + 1) x batch
     */
    OptionalInt prefetch();

    /**
     * The items that are tokenised at a time. As many images are decoded at a time, but at most one fewer than there are
     * cores. Lower it if other processes share the cores.
     *
     * @return unless set, min(batch, cores)
     */
    OptionalInt workers();

    /**
     * The batches that run on the device at a time. Lower it if other processes share the cores; 1 gives every batch all
     * cores.
     *
     * @return unless set, 1 on a GPU; on a CPU one for each core, or 1 if that was measured to be faster
     */
    OptionalInt lanes();

    /**
     * The inputs that are downloaded at a time.
     *
     * @return unless set, 2 x batch
     */
    OptionalInt fetches();

    /**
     * The longest that one batch may take. An item has this long for each batch admitted before it and for its own;
     * beyond that it gets 504. Set it only if callers must not wait longer: their own deadlines hold anyway.
     *
     * @return unless set, 60 s until measured (0.1 s x batch if that is more). Then 4 x the measured time and at least
     *     10 s, and more while batches take longer
     */
    Optional<Duration> timeout();

    /**
     * Whether {@code GET /} answers with the page that shows the device, the plan and live charts, and lets people try each
     * model in a browser. Set it to {@code off} where browsers should find nothing.
     */
    @WithDefault("on")
    PageMode page();

    /** Access. Everybody may call the service unless keys or an issuer of tokens are set; health is always open. */
    Auth auth();

    /** A port for operators. */
    Management management();

    /** Limits of one batch. */
    interface Batch {

        /**
         * The most items in one batch. Set it only to force a size whatever the memory: an out-of-memory error still
         * halves the batch.
         *
         * @return unless set, derived from the measured throughput
         */
        OptionalInt maxItems();

        /**
         * The most padded elements in one batch: rows x longest row.
         *
         * @return unless set, derived from the measured throughput
         */
        OptionalLong maxElements();

        /**
         * The longest that an item waits for others to share its batch. Raise it for fuller batches. A lone item never
         * waits.
         *
         * @return unless set, 10 ms
         */
        Optional<Duration> maxWindow();
    }

    /** Limits of the admitted work that is not answered yet. */
    interface Queue {

        /**
         * The most items that are admitted and not yet answered; more get 429.
         *
         * @return unless set, 64 x prefetch, at most 65,536
         */
        OptionalInt maxItems();

        /**
         * The most bytes of input that are admitted and not yet answered; more get 429.
         *
         * @return unless set, an eighth of the largest heap
         */
        Optional<MemorySize> maxBytes();
    }

    /** Downloads of inputs that a URL names. */
    interface References {

        /**
         * The hosts from which inputs are downloaded: {@code images.example.com}; {@code *.example.com} for all below a
         * domain; {@code *} for every host with a public address. Write ports other than 80 and 443 behind the host:
         * {@code minio.storage.svc:9000}.
         *
         * @return unless set, every reference is refused
         */
        Optional<List<String>> allowedHosts();

        /**
         * Networks that are not public and may still be reached, such as {@code 10.0.0.0/8} for a store inside the
         * cluster. Their hosts must be named other than by {@code *}.
         *
         * @return unless set, none: addresses have to be public
         */
        Optional<List<String>> allowedNetworks();

        /** The largest input that is downloaded; a larger one gets 413. */
        @WithDefault("10M")
        MemorySize maxBytes();

        /** The longest that one download may take, from the look-up of the name to the last byte, redirects included. */
        @WithDefault("10s")
        Duration timeout();

        /** The most redirects that a download follows, each checked like the first URL; 0 follows none. */
        @WithDefault("3")
        int maxRedirects();
    }

    /** Limits of one request and of all requests at a time. */
    interface Input {

        /**
         * The most items of one request; more get 413.
         *
         * @return unless set, 65,536
         */
        OptionalInt maxItems();

        /** The most characters of one text, of which the model reads the beginning; more get 413. */
        @WithDefault("10000000")
        int maxCharacters();

        /**
         * The most pixels of one image; more get 413. The header tells them before the image is decoded. Raise it for
         * larger photographs, to 715,827,882 at most.
         */
        @WithDefault("40000000")
        long maxPixels();

        /**
         * The memory for all images that are decoded at a time; an image that alone needs more gets 413. A pixel takes 3
         * bytes (JPEG) to 11 (WebP), and 6 more in a progressive JPEG of three colours. An image that EXIF turns takes 3
         * more for each pixel.
         *
         * @return unless set, a quarter of the largest heap
         */
        Optional<MemorySize> imageMemory();

        /**
         * The memory for all requests that callers are sending or have sent, and for text that is generated for them;
         * beyond it they get 429. Requests of up to 64 KB may use half as much again. Raise it, or the heap, for many
         * large bodies or long texts at a time.
         *
         * @return unless set, an eighth of the largest heap
         */
        Optional<MemorySize> bodyMemory();

        /** The most elements of one request's tensors; more get 413. Raise it, and the body's size, for larger tensors. */
        @WithDefault("16777216")
        long maxElements();

        /**
         * The deepest that JSON may nest; deeper gets 400. Apart from tensors as nested arrays nothing that is served is
         * deeper than 10.
         */
        @WithDefault("64")
        int maxJsonDepth();

        /** The most characters of a number in JSON; more get 400. */
        @WithDefault("64")
        int maxNumberLength();

        /**
         * The longest that the head of a request may take to come, and then its body; later ones get 408, and the
         * connection closes. A caller has as long to read an answer. Raise it for callers on slow lines that send or ask
         * for much.
         */
        @WithDefault("30s")
        Duration readTimeout();
    }

    /** The memory of the device. */
    interface Memory {

        /**
         * The most that this process may take of the device. On a CPU it caps ONNX Runtime's arena, so that a batch fails
         * and is halved before the kernel would kill the process. On a GPU it covers all models together, and CUDA's own
         * context and workspaces.
         *
         * @return unless set, the free memory less the reserved
         */
        Optional<MemorySize> limit();

        /**
         * The memory to leave free on the device.
         *
         * @return unless set, 2 GiB for CUDA on a GPU, 128 MiB for the process on a CPU
         */
        Optional<MemorySize> reserved();

        /**
         * The share of the available memory that the largest batch may fill, above 0 and at most 1. Once the model is
         * measured, it is the share of what the model leaves.
         */
        @WithDefault("0.80")
        double target();
    }

    /** Access. Everybody may call the service unless keys or an issuer of tokens are set; health is always open. */
    interface Auth {

        /**
         * The keys of which every request must bring one, of at least 16 visible ASCII characters each. Set it from a
         * secret, in the environment. Two keys let callers change theirs one by one.
         *
         * @return unless set, everybody may call
         */
        Optional<List<String>> apiKeys();

        /**
         * A file of further keys, one a line; {@code #} begins a comment. It is read again when it changes. Set it if
         * keys change while the service runs, such as to a mounted Kubernetes secret.
         *
         * @return unless set, none
         */
        Optional<Path> apiKeysFile();

        /**
         * The issuer whose tokens let callers in, as the tokens name it ({@code iss}). Its address must have
         * {@code /.well-known/openid-configuration}. Set it if callers bring tokens, as Knative Eventing does.
         *
         * @return unless set, none
         */
        Optional<URI> issuer();

        /**
         * The audiences of which a token must have one. Set it together with the issuer.
         *
         * @return unless set, none
         */
        Optional<List<String>> audience();
    }

    /** A port for operators. */
    interface Management {

        /**
         * The port of the page, {@code /plan}, {@code /q/metrics} and {@code /q/openapi}, which the other port then answers
         * 404; health is on both. Set it if callers should not see them.
         *
         * @return unless set, all are on the one port
         */
        OptionalInt port();

        /** The address on which this port opens. */
        @WithDefault("0.0.0.0")
        String host();
    }

    /** Events that a broker delivers several times. */
    interface Events {

        /**
         * The time for which the answer to an event is kept for the same event: of the same source, id and data. Set it
         * longer than your broker takes to repeat one; 0 answers each anew.
         */
        @WithDefault("10m")
        Duration duplicateWindow();

        /**
         * The memory for those answers; beyond it the oldest are dropped.
         *
         * @return unless set, a 32nd of the largest heap
         */
        Optional<MemorySize> duplicateBytes();
    }
}
