package dev.headroom.model;

import dev.headroom.model.TaskSpec.Text;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.file.PresentFile;
import java.nio.file.Path;
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
     * The file of the tokeniser, which is there.
     *
     * @throws BrokenModelException when it is not
     */
    Path presentTokenizer() {
        return PresentFile.of(folder, tokenizer(), "put the model's tokenizer.json there");
    }

    /**
     * Texts that one pass of the model reads as a whole.
     *
     * @throws BrokenModelException when there is no tokeniser, its two files contradict each other, or the maximum length makes
     *     no sense
     */
    Text text() {
        int maxLength =
                Optional.ofNullable(yaml.maxLength()).or(exported::maxLength).orElse(DEFAULT_MAX_LENGTH);
        if (maxLength < 1 || maxLength > LONGEST) {
            throw new BrokenModelException(
                    "%s: max_length is %d; set it in model.yaml to the tokens of the longest text."
                            .formatted(folder, maxLength));
        }
        checkPositions(maxLength);
        Path present = present();
        boolean cutsBeginning = files(present).cutsBeginning();
        boolean lowercase = exported.sentences()
                .transformer()
                .filter(TransformerJson::lowercase)
                .isPresent();
        return new Text(present, maxLength, padId(present), lowercase, cutsBeginning, inputs());
    }

    private void checkPositions(int maxLength) {
        double positions = exported.config().positions();
        if (exported.config().tabulatesPositions() && positions > 0 && maxLength > positions) {
            throw new BrokenModelException(
                    "%s: max_length is %d, and by config.json the model has %d positions; set it to no more in model.yaml."
                            .formatted(folder, maxLength, (long) positions));
        }
    }

    /** Texts that the model continues, up to so many tokens. */
    Text generated(int context) {
        return new Text(present(), context, 0, false, false, inputs());
    }

    private Path present() {
        Path present = presentTokenizer();
        files(present).check();
        return present;
    }

    private TokenizerFiles files(Path present) {
        return new TokenizerFiles(folder, present, exported.read("tokenizer_config.json"));
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
