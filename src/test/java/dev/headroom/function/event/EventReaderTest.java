package dev.headroom.function.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.body.BodyJson;
import dev.headroom.function.body.ElementLimit;
import dev.headroom.function.body.ParseMemory;
import dev.headroom.request.RequestFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ElementLimit MOST = new ElementLimit(100, "a setting");
    private static final String TEXTS = "\"data\": {\"inputs\": \"a\"}";

    private static Event event(String source, String id, String rest) {
        try {
            return new EventReader(new BodyJson(JSON, () -> MOST))
                    .structured(
                            JSON.readTree(
                                    "{\"specversion\": \"1.0\", \"type\": \"dev.headroom.infer\", \"source\": \"%s\", \"id\": \"%s\", %s}"
                                            .formatted(source, id, rest)),
                            ParseMemory.uncounted());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Event event(String rest) {
        return event("/s", "1", rest);
    }

    private static String refused(String rest) {
        return assertThrows(RequestFailedException.class, () -> event(rest)).getMessage();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"time\": \"2026-03-01T12:00:00Z\"",
                "\"time\": \"2026-03-01t12:00:00.123456789+05:30\"",
                "\"time\": null",
                "\"subject\": \"\"",
                "\"dataschema\": \"https://example.com/schema#1\"",
                "\"dataschema\": \"urn:headroom:infer:request:1\"",
                "\"schemaurl\": \"urn:headroom:infer:request:1\"",
                "\"x1\": true",
                "\"datacontenttype\": \"application/json; charset=utf-8\"",
                "\"datacontenttype\": \"Application/Vnd.Mine+JSON\"",
            })
    void takesWhatTheSpecificationAllows(String attribute) {
        assertEquals(
                "{\"inputs\":\"a\"}",
                ((EventData.Json) event(attribute + ", " + TEXTS).data()).json().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"time\": \"yesterday\"|The event's time is 'yesterday'; send one like",
                "\"time\": \"2026-03-01T12:00Z\"|send one like",
                "\"time\": \"2026-03-01T12:00:00\"|send one like",
                "\"time\": 5|attribute time is the number 5; set it to a string",
                "\"dataschema\": \"schema\"|dataschema is 'schema'; send an absolute URI",
                "\"dataschema\": \"a b\"|which is no URI",
                "\"dataschema\": \"urn:headroom:infer:request:2\"|send data as urn:headroom:infer:request:1",
                "\"my-extension\": \"a\"|attribute 'my-extension'; name attributes with lower-case letters",
                "\"myExtension\": \"a\"|attribute 'myExtension'",
                "\"extension\": {\"a\": 1}|attribute extension is an object; set it to a string, a number or a boolean",
                "\"datacontenttype\": \"text/csv\"|of the type 'text/csv'; send application/json",
                "\"datacontenttype\": \"text/plain\"|data is an object; send a string",
                "\"datacontenttype\": \"image/png\"|send it as data_base64",
            })
    void refusesWhatItDoesNotWithTheRemedy(String attribute, String error) {
        String message = refused(attribute + ", " + TEXTS);
        assertTrue(message.contains(error), message);
    }

    @Test
    void theSourceIsAReferenceToAUri() {
        assertEquals("../a?b#c", event("../a?b#c", "1", TEXTS).attributes().get("source"));
        String message = assertThrows(RequestFailedException.class, () -> event("a b", "1", TEXTS))
                .getMessage();
        assertTrue(message.contains("source is 'a b', which is no URI"), message);
    }

    @Test
    void dataInBase64IsReadByItsType() {
        EventData json = event("\"data_base64\": \"eyJpbnB1dHMiOiJhIn0=\"").data();
        assertEquals("{\"inputs\":\"a\"}", ((EventData.Json) json).json().toString());
        EventData text = event("\"datacontenttype\": \"text/plain\", \"data_base64\": \"w7w=\"")
                .data();
        assertEquals(new EventData.Text("ü"), text);
        EventData latin = event("\"datacontenttype\": \"text/plain; charset=ISO-8859-1\", \"data_base64\": \"/A==\"")
                .data();
        assertEquals(new EventData.Text("ü"), latin);
        EventData.Binary image =
                (EventData.Binary) event("\"datacontenttype\": \"Image/PNG\", \"data_base64\": \"iVBORw==\"")
                        .data();
        assertEquals("image/png", image.mediaType());
        assertEquals(4, image.octets().length);
    }

    @Test
    void dataInBase64AsTheOlderSpecificationHasItIsRead() {
        EventData json = event("\"datacontentencoding\": \"base64\", \"data\": \"eyJpbnB1dHMiOiJhIn0=\"")
                .data();
        assertEquals("{\"inputs\":\"a\"}", ((EventData.Json) json).json().toString());
    }

    @Test
    void dataThatIsThereTwiceIsRefused() {
        assertEquals(
                "The event has both data and data_base64; send one of them.",
                refused("\"data_base64\": \"YQ==\", " + TEXTS));
    }

    @Test
    void dataThatIsNotWhatItSaysIsRefused() {
        assertTrue(refused("\"data_base64\": \"?\"").contains("no Base64"));
        assertTrue(refused("\"data_base64\": 5").contains("no Base64"));
        assertTrue(refused("\"data_base64\": \"/A==\"").contains("no JSON"));
        assertTrue(refused("\"datacontenttype\": \"text/plain\", \"data_base64\": \"/A==\"")
                .contains("send UTF-8"));
        assertTrue(refused("\"datacontenttype\": \"text/plain; charset=x!\", \"data_base64\": \"YQ==\"")
                .contains("The charset 'x!' is not known"));
    }

    @Test
    void theSameEventHasTheSameFingerprintAndNoOtherHas() {
        String one = event("a", "bc", TEXTS).fingerprint();
        assertEquals(
                one,
                event("a", "bc", "\"subject\": \"s\", \"data_base64\": \"eyJpbnB1dHMiOiJhIn0=\"")
                        .fingerprint());
        assertNotEquals(one, event("ab", "c", TEXTS).fingerprint());
        assertNotEquals(one, event("a", "bd", TEXTS).fingerprint());
        assertNotEquals(one, event("a", "bc", "\"data\": {\"inputs\": \"b\"}").fingerprint());
        assertNotEquals(one, event("a", "bc", "\"model\": \"m\", " + TEXTS).fingerprint());
    }
}
