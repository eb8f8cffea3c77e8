package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams.EncodingFormat;
import com.openai.models.models.Model;
import dev.headroom.task.References;
import dev.headroom.task.References.Reference;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What clients that others wrote for OpenAI's protocol ask a service that serves all-MiniLM-L6-v2. {@link ClientsIT} starts the
 * service.
 */
class OpenAiClients {

    private static final String MODEL = "all-minilm-l6-v2";

    private final String url;
    private final String key;
    private final OpenAIClient openAi;

    OpenAiClients(String url, String key) {
        this.url = url;
        this.key = key;
        openAi = OpenAIOkHttpClient.builder()
                .baseUrl(url)
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    @AfterEach
    void close() {
        openAi.close();
    }

    private static float[] vector(List<Float> values) {
        float[] vector = new float[values.size()];
        for (int d = 0; d < vector.length; d++) {
            vector[d] = values.get(d);
        }
        return vector;
    }

    private static EmbeddingCreateParams.Builder request(String text) {
        return EmbeddingCreateParams.builder().model(MODEL).input(text);
    }

    @Test
    void openAisClientReadsTheReferencesVectors() {
        List<Reference> references = References.all();
        CreateEmbeddingResponse response = openAi.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model(MODEL)
                        .inputOfArrayOfStrings(
                                references.stream().map(Reference::text).toList())
                        .putAdditionalBodyProperty("truncate_prompt_tokens", JsonValue.from(-1))
                        .build());
        assertEquals(references.size(), response.data().size());
        assertEquals(MODEL, response.model());
        assertTrue(response.usage().totalTokens() > references.size());
        for (int i = 0; i < references.size(); i++) {
            assertEquals(i, response.data().get(i).index());
            float[] vector = vector(response.data().get(i).embedding());
            assertTrue(
                    References.cosine(vector, references.get(i).vector()) >= 0.999,
                    references.get(i).text());
        }
    }

    @Test
    void bothEncodingsHoldTheSameNumbers() {
        List<Float> floats = embed(EncodingFormat.FLOAT);
        assertEquals(384, floats.size());
        assertEquals(floats, embed(EncodingFormat.BASE64));
    }

    private List<Float> embed(EncodingFormat format) {
        return openAi.embeddings()
                .create(request("river").encodingFormat(format).build())
                .data()
                .getFirst()
                .embedding();
    }

    @Test
    void tokensMakeTheVectorOfTheirText() {
        List<Float> ofTokens = openAi.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model(MODEL)
                        .inputOfArrayOfTokens(List.of(101L, 7592L, 2088L, 102L)) // [CLS] hello world [SEP]
                        .build())
                .data()
                .getFirst()
                .embedding();
        List<Float> ofText = openAi.embeddings()
                .create(request("Hello world").build())
                .data()
                .getFirst()
                .embedding();
        assertTrue(References.cosine(vector(ofTokens), vector(ofText)) >= 0.9999);
    }

    /** LangChain sends these for "Hello world" unless it is told to send texts. */
    @Test
    void tokensOfAnotherTokenizerAreRefused() {
        BadRequestException refused = assertThrows(
                BadRequestException.class,
                () -> openAi.embeddings()
                        .create(EmbeddingCreateParams.builder()
                                .model(MODEL)
                                .inputOfArrayOfTokens(List.of(9906L, 1917L))
                                .build()));
        assertTrue(refused.getMessage().contains("The token ids lack the special tokens"), refused.getMessage());
    }

    @Test
    void openAisClientTellsTheErrorsApart() {
        NotFoundException unknown = assertThrows(
                NotFoundException.class,
                () -> openAi.embeddings()
                        .create(EmbeddingCreateParams.builder()
                                .model("gpt")
                                .input("a")
                                .build()));
        assertEquals(Optional.of("model_not_found"), unknown.code());
        BadRequestException tooLong = assertThrows(
                BadRequestException.class,
                () -> openAi.embeddings().create(request("word ".repeat(300)).build()));
        assertEquals(Optional.of("context_length_exceeded"), tooLong.code());
        assertTrue(tooLong.getMessage().contains("more than 256 tokens"), tooLong.getMessage());
    }

    @Test
    void openAisClientListsTheModels() {
        assertTrue(
                openAi.models().list().data().stream().map(Model::id).toList().contains(MODEL));
        assertEquals(MODEL, openAi.models().retrieve(MODEL).id());
    }

    @Test
    void langChain4jGetsTheVectorsThatItWouldComputeItself() {
        System.setProperty("ai.djl.offline", "true"); // its tokeniser would look for another build of itself
        EmbeddingModel remote = OpenAiEmbeddingModel.builder()
                .baseUrl(url)
                .apiKey(key)
                .modelName(MODEL)
                .maxRetries(0)
                .build();
        EmbeddingModel own = new AllMiniLmL6V2EmbeddingModel();
        List<TextSegment> texts = List.of(
                TextSegment.from("How much memory does this card have?"),
                TextSegment.from("Запрос, который ждёт в очереди, не забыт."),
                TextSegment.from("one batch fits, the next does not. ".repeat(10))); // it cuts at 128 tokens
        List<Embedding> answered = remote.embedAll(texts).content();
        List<Embedding> computed = own.embedAll(texts).content();
        for (int i = 0; i < texts.size(); i++) {
            double cosine =
                    References.cosine(answered.get(i).vector(), computed.get(i).vector());
            assertTrue(cosine >= 0.999, texts.get(i).text() + " " + cosine);
        }
    }
}
