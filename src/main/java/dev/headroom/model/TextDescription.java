package dev.headroom.model;

import dev.headroom.model.TaskSpec.Text;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.file.PresentFile;
import dev.headroom.model.onnx.GraphPort;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds how a model reads texts, in model.yaml and in its exporter's files. */
record TextDescription(Path folder, ModelYaml yaml, HuggingFaceFolder exported) {

    private static final int DEFAULT_MAX_LENGTH = 512;
    private static final int LONGEST = 1_000_000;

    /** The file of the tokeniser; it need not be there. */
    Path tokenizer() {
        return folder.resolve(Optional.ofNullable(yaml.tokenizer()).orElse("tokenizer.json"));
    }

    /**
     * Texts that one pass of the model reads as a whole.
     *
     * @throws BrokenModelException when there is no tokeniser, or the maximum length makes no sense
     */
    Text text() {
        int maxLength =
                Optional.ofNullable(yaml.maxLength()).or(exported::maxLength).orElse(DEFAULT_MAX_LENGTH);
        if (maxLength < 1 || maxLength > LONGEST) {
            throw new BrokenModelException(
                    "%s: max_length is %d; set it in model.yaml to the tokens of the longest text."
                            .formatted(folder, maxLength));
        }
        Path present = present();
        boolean lowercase = exported.sentences()
                .transformer()
                .filter(TransformerJson::lowercase)
                .isPresent();
        return new Text(present, maxLength, padId(present), lowercase, inputs());
    }

    /** Texts that the model continues, up to so many tokens. */
    Text generated(int context) {
        return new Text(present(), context, 0, false, inputs());
    }

    /**
     * Checks that the tokeniser's two files read the texts of a task alike.
     *
     * @throws BrokenModelException when they do not
     */
    void check(TaskSpec.OfText task, List<GraphPort> inputs) {
        boolean pairs = task instanceof TaskSpec.Classify || task instanceof TaskSpec.Rerank;
        new TokenizerFiles(task.text().tokenizer(), exported.read("tokenizer_config.json"))
                .check(inputs.stream().map(GraphPort::name).toList(), pairs);
    }

    private Path present() {
        return PresentFile.of(folder, tokenizer(), "put the model's tokenizer.json there");
    }

    private long padId(Path present) {
        if (yaml.padId() != null) {
            return yaml.padId();
        }
        OptionalLong id = exported.config().padId();
        return id.isPresent()
                ? id.getAsLong()
                : PadToken.id(present, exported.read("tokenizer_config.json")).orElse(0);
    }

    private InputRules inputs() {
        boolean padded = yaml.padding() == null ? exported.padded() : yaml.padding() == Padding.MAX_LENGTH;
        return InputRules.of(exported.config(), padded, exported.read("tokenizer_config.json"));
    }
}
