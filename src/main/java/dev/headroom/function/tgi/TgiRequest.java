package dev.headroom.function.tgi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headroom.function.InputReader;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.generate.Generation;
import dev.headroom.function.generate.Prompts;
import dev.headroom.function.generate.SamplingFields;
import dev.headroom.function.generate.Unserved;
import dev.headroom.generation.Stopping;
import dev.headroom.generation.TextModel;
import dev.headroom.generation.sampling.Sampling;
import dev.headroom.request.Urgency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A request of TGI's paths. Ignores unknown fields, as TGI does.
 *
 * @param model the model's name, an extension; may be empty where one model generates text
 * @param inputs the prompt
 * @param parameters how it is continued
 * @param extras what the answer holds beside the text
 */
record TgiRequest(Optional<String> model, String inputs, JsonFields parameters, Extras extras) {

    /** The most tokens unless the request says otherwise, as in TGI. */
    private static final int MAX_TOKENS = 100;

    private static final int MOST_TOP_TOKENS = 5;

    private static final List<Unserved> UNSERVED = List.of(
            Unserved.of("best_of", "1"),
            Unserved.of("typical_p", "1", "1.0"),
            Unserved.of("truncate"),
            Unserved.of("watermark", "false"),
            Unserved.of("stop_sequences", "[]"),
            Unserved.of("decoder_input_details", "false"),
            Unserved.of("adapter_id"));

    /**
     * Reads what does not depend on the model.
     *
     * @throws dev.headroom.request.RequestFailedException when the JSON is no such request
     */
    static TgiRequest read(JsonNode json, InputReader reader) {
        JsonFields body = JsonFields.among(json, List.of("inputs", "parameters"));
        JsonFields parameters = body.json().hasNonNull("parameters")
                ? body.within("parameters", "an object, or leave it out")
                : new JsonFields("parameters.", JsonNodeFactory.instance.objectNode());
        Unserved.refuseOnly(parameters, UNSERVED);
        return new TgiRequest(
                body.text("model"), reader.text("inputs", json.path("inputs")), parameters, Extras.read(parameters));
    }

    /**
     * The parts of the answer beside the text.
     *
     * @param details true if it tells of each token
     * @param topTokens how many most probable tokens are told in the place of each
     * @param prompt true if the prompt stands before the text
     */
    record Extras(boolean details, int topTokens, boolean prompt) {

        private static Extras read(JsonFields parameters) {
            return new Extras(
                    parameters.flag("details").orElse(false),
                    (int) parameters.whole("top_n_tokens", 0, MOST_TOP_TOKENS).orElse(0),
                    parameters.flag("return_full_text").orElse(false));
        }
    }

    /** The text before the continuation: the prompt where the request wants it back. */
    String prefix() {
        return extras.prompt ? inputs : "";
    }

    /**
     * The texts that are to be generated.
     *
     * @param tellsTokens true if the answer tells of each token
     * @throws dev.headroom.request.RequestFailedException when a field is not as it should be
     */
    Generation generation(TextModel model, boolean tellsTokens, Urgency urgency) {
        Prompts prompts = new Prompts("inputs", model, List.of(model.tokens(inputs, true)));
        SamplingFields sampling = sampling(model);
        Prompts.Wish wish = new Prompts.Wish(
                sampling.read(tellsTokens ? extras.topTokens : -1, TgiGrammar.shape(parameters)),
                1,
                maxTokens(prompts),
                Stopping.at(sampling.stops()));
        return prompts.generation(wish, urgency);
    }

    private OptionalInt maxTokens(Prompts prompts) {
        OptionalInt asked = parameters.count("max_new_tokens");
        return asked.isPresent() ? asked : prompts.usual(MAX_TOKENS);
    }

    /** TGI takes the most probable token unless the request says otherwise, whatever the folder says. */
    private SamplingFields sampling(TextModel model) {
        boolean samples = samples();
        Sampling defaults =
                new Sampling(samples ? 1 : 0, 0, 1, 0, 1, 0, 0, Map.of(), OptionalLong.empty(), -1, Optional.empty());
        return new SamplingFields(samples ? parameters : withoutTemperature(), defaults, model.vocabulary());
    }

    private boolean samples() {
        return parameters.flag("do_sample").orElse(false)
                || parameters.number("temperature", 0, 2).orElse(1) != 1
                || parameters.whole("top_k", -1, Integer.MAX_VALUE).orElse(0) > 0
                || parameters.number("top_p", 0, 1).orElse(1) < 1;
    }

    /** A temperature of 1 alone does not make TGI draw tokens. */
    private JsonFields withoutTemperature() {
        ObjectNode others = parameters.json().deepCopy();
        others.remove("temperature");
        return new JsonFields(parameters.prefix(), others);
    }
}
