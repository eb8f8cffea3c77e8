package dev.headroom.generation;

import dev.headroom.generation.Sequence.Means;
import dev.headroom.generation.form.CallForm;
import dev.headroom.generation.sampling.JsonGuide;
import dev.headroom.generation.sampling.Sampler;
import dev.headroom.generation.sampling.Sampling;
import dev.headroom.generation.sampling.TokenTexts;
import dev.headroom.model.GenerationSettings.Defaults;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.TaskSpec;
import dev.headroom.task.TextTokenizer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A model of a folder that generates text, on the devices that its generators have. */
public final class GeneratingModel implements TextModel {

    private final ModelSpec spec;
    private final TaskSpec.Generate task;
    private final TextTokenizer tokenizer;
    private final TokenTexts texts;
    private final ChatTemplates templates;
    private final Generators generators;

    /**
     * A model that is open.
     *
     * @param spec a model whose task is {@link TaskSpec.Generate}
     * @throws dev.headroom.model.file.BrokenModelException when its tokeniser cannot be read
     */
    public GeneratingModel(ModelSpec spec, Generators generators) {
        this.spec = spec;
        this.task = (TaskSpec.Generate) spec.task();
        this.generators = generators;
        this.tokenizer = TextTokenizer.open(task.text().tokenizer());
        this.texts = new TokenTexts(tokenizer);
        this.templates = ChatTemplates.of(
                spec.name(),
                task.chat(),
                task.settings().ends().stream().map(this::token).toList());
    }

    /** Reads the texts of all tokens where requests with tools will need them, so that none of them waits for that. */
    public void readAhead() {
        templates.frame().ifPresent(_ -> texts.all());
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
    public ChatTemplates templates() {
        return templates;
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
        return generators.context();
    }

    @Override
    public int mostWaiting(long tokens) {
        return generators.mostWaiting(tokens);
    }

    @Override
    public Runnable generate(GenerationRequest request, GenerationListener listener) {
        Set<Integer> ends = task.settings().ends();
        SpokenTokens spoken = spoken(request);
        Optional<JsonGuide> guide =
                request.sampling().form().map(form -> new JsonGuide(texts, ends, form, spoken.texts()));
        Means means = new Means(
                new Sampler(request.sampling(), request.prompt(), guide),
                new TextStream(spoken, request.prompt(), request.stopping()),
                request.stopping().ignoresEnds() ? Set.of() : ends,
                contextLength());
        return generators.admit(request, listener, means);
    }

    /** Special tokens have no text, unless calls are looked for that may begin with them. */
    private SpokenTokens spoken(GenerationRequest request) {
        return request.sampling().form().orElse(null) instanceof CallForm form
                ? SpokenTokens.of(form.frame(), tokenizer, task.settings().ends())
                : new SpokenTokens(tokenizer, Map.of());
    }
}
