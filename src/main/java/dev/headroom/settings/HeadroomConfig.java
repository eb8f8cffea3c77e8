package dev.headroom.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The settings of an operator. Unless a setting is set, the service derives its value, and {@code GET /plan} gives the
 * reason. These comments, and those of the groups, are docs/settings.md: {@code @return} holds what applies unless the setting is set.
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
     * The kind of device on which the models run. {@code auto} takes every GPU that works, else the CPU, and gives the
     * reason. {@code gpu} refuses to start without a working GPU. {@code cpu} never looks for one.
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
     * The file of a model that is served if its folder has one in half precision or bfloat16 too (docs/models.md). {@code auto}
     * takes that in half precision on a GPU of compute capability 7.0 or newer, else that in bfloat16 on a GPU of 8.0 or newer.
     * {@code full} takes neither: set it if they cost a model too much of its accuracy. {@code half} takes the file in half
     * precision on every device. {@code bfloat16} takes the file in bfloat16, on GPUs of 8.0 or newer. If the chosen file is
     * missing, or does not run on the device, the service refuses to start.
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
    BatchConfig batch();

    /** Limits of the admitted work that is not answered yet. */
    QueueConfig queue();

    /** Limits of one request and of all requests at a time. */
    InputConfig input();

    /** Downloads of inputs that a URL names. */
    ReferencesConfig references();

    /** The memory of the device. */
    MemoryConfig memory();

    /** Events that a broker delivers several times. */
    EventsConfig events();

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
    AuthConfig auth();

    /** A port for operators. */
    ManagementConfig management();
}
