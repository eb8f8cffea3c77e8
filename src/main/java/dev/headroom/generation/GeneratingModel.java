package dev.headroom.generation;

import dev.headroom.generation.Sequence.Means;
import dev.headroom.model.GenerationSettings.Defaults;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.TaskSpec;
import dev.headroom.plan.GenerationPlan;
import dev.headroom.task.TextTokenizer;
import dev.headroom.template.ChatTemplate;
import dev.headroom.template.TemplateException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jboss.logging.Logger;

/** A model of a folder that generates text, on the device that its generator has. */
public final class GeneratingModel implements TextModel {

    private static final Logger LOG = Logger.getLogger(GeneratingModel.class);

    private final ModelSpec spec;
    private final TaskSpec.Generate task;
    private final TextTokenizer tokenizer;
    private final TokenTexts texts;
    private final Optional<ChatTemplate> template;
    private final GenerationPlan plan;
    private final Generator generator;

    /**
     * A model that is open.
     *
     * @param spec a model whose task is {@link TaskSpec.Generate}
     * @throws dev.headroom.model.BrokenModelException when its tokeniser cannot be read
     */
    public GeneratingModel(ModelSpec spec, GenerationPlan plan, Generator generator) {
        this.spec = spec;
        this.task = (TaskSpec.Generate) spec.task();
        this.plan = plan;
        this.generator = generator;
        this.tokenizer = TextTokenizer.open(task.text().tokenizer());
        this.texts = new TokenTexts(tokenizer);
        this.template = task.chat().template().map(source -> template(spec, source));
    }

    private ChatTemplate template(ModelSpec spec, String source) {
        try {
            return ChatTemplate.parse(source).with(task.chat().tokens());
        } catch (TemplateException e) {
            String refusal =
                    "the chat template of the model %s cannot be read (%s); put another one into its chat_template.jinja"
                            .formatted(spec.name(), e.getMessage());
            LOG.warnf("Conversations are refused: %s", refusal);
            return ChatTemplate.refusing(refusal);
        }
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public int[] tokens(String text, boolean special) {
        return tokenizer.encode(text, special);
    }

    @Override
    public int vocabulary() {
        return task.settings().vocabulary() > 0 ? task.settings().vocabulary() : tokenizer.vocabulary();
    }

    @Override
    public String token(int id) {
        return tokenizer.piece(id, false);
    }

    @Override
    public Optional<ChatTemplate> chatTemplate() {
        return template;
    }

    @Override
    public Sampling defaults() {
        Defaults said = task.settings().defaults();
        return new Sampling(
                said.temperature(),
                said.topK(),
                said.topP(),
                said.minP(),
                said.repetitionPenalty(),
                0,
                0,
                Map.of(),
                OptionalLong.empty(),
                -1,
                Optional.empty());
    }

    @Override
    public int contextLength() {
        return plan.context().asInt();
    }

    @Override
    public int mostWaiting() {
        return generator.mostWaiting();
    }

    @Override
    public Runnable generate(GenerationRequest request, GenerationListener listener) {
        Optional<JsonGuide> guide = request.sampling()
                .json()
                .map(shape -> new JsonGuide(texts, task.settings().ends(), shape));
        Means means = new Means(
                new Sampler(request.sampling(), request.prompt(), guide),
                new TextStream(tokenizer::decode, request.prompt(), request.stopping()),
                request.stopping().ignoresEnds() ? Set.of() : task.settings().ends(),
                contextLength());
        return generator.admit(request, listener, means);
    }
}
