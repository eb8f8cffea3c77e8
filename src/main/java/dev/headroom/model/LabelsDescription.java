package dev.headroom.model;

import dev.headroom.model.Labels.Activation;
import dev.headroom.model.file.BrokenModelException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds the labels that a model's scores are for, and what makes them of the graph's outputs. */
record LabelsDescription(Path folder, ModelYaml yaml, HuggingFaceFolder exported) {

    /** The labels of a classifier. */
    Labels classes() {
        LabelsJson written = writtenLabels();
        List<String> names = Optional.ofNullable(yaml.labels()).orElseGet(written::names);
        checkSoftmax(names.size());
        return new Labels(
                names,
                Optional.ofNullable(yaml.activation())
                        .orElseGet(() -> written.labels().activation()));
    }

    /** The labels of an image classifier; a model without any makes vectors. */
    Optional<Labels> ofImages() {
        return exported.head().classifiesImages() || yaml.labels() != null ? Optional.of(classes()) : Optional.empty();
    }

    /** The function that makes a score of a pair of texts out of the graph's output. */
    Activation ofPairs() {
        checkSoftmax(1);
        LabelsJson written = writtenLabels();
        return Optional.ofNullable(yaml.activation())
                .or(written::activation)
                .filter(activation -> activation != Activation.SOFTMAX)
                .orElse(Activation.SIGMOID);
    }

    /** The labels that the files give to the scores, once it is known that nothing stands between them and the graph. */
    private LabelsJson writtenLabels() {
        LabelsJson written = exported.labels();
        written.checkPairs(
                exported.sentences().modules().map(SentenceModules::all).orElse(List.of()));
        return written;
    }

    private void checkSoftmax(int labels) {
        if (yaml.activation() == Activation.SOFTMAX && labels == 1) {
            throw new BrokenModelException(
                    "%s: model.yaml says 'activation: softmax', and of one score that is always 1; say sigmoid, or none where the graph's output is a score already."
                            .formatted(folder));
        }
    }
}
