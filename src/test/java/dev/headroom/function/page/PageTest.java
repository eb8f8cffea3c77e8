package dev.headroom.function.page;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class PageTest {

    private static final Pattern OWN_FILE =
            Pattern.compile("(?:href|src)=\"(?:page/)?([a-z-]+\\.(?:js|css|svg|html))\"");
    private static final Pattern IMPORT = Pattern.compile("from \"\\./([a-z-]+\\.js)\"");

    private static String text(String path) {
        return given().get(path).then().statusCode(200).extract().asString();
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html;charset=UTF-8",
        "/page/api.html, text/html;charset=UTF-8",
        "/page/page.css, text/css;charset=UTF-8",
        "/page/main.js, text/javascript;charset=UTF-8",
        "/page/icon.svg, image/svg+xml"
    })
    void filesComeWithTheirTypeAndTheStrictestPolicy(String path, String type) {
        given().get(path)
                .then()
                .statusCode(200)
                .header("Content-Type", type)
                .header(
                        "Content-Security-Policy",
                        startsWith("default-src 'none'; script-src 'self'; style-src 'self';"))
                .header("Content-Security-Policy", not(containsString("unsafe")))
                .header("X-Content-Type-Options", "nosniff")
                .header("Cache-Control", "no-cache");
    }

    @Test
    void aFileThatTheBrowserHoldsIsNotSentAgain() {
        String tag = given().get("/").then().extract().header("ETag");
        given().header("If-None-Match", tag).get("/").then().statusCode(304).body(equalTo(""));
        given().header("If-None-Match", "W/\"other\", " + tag).get("/").then().statusCode(304);
        given().header("If-None-Match", "\"other\"").get("/").then().statusCode(200);
    }

    @Test
    void headIsAnsweredWithoutABody() {
        given().head("/")
                .then()
                .statusCode(200)
                .header("ETag", startsWith("\""))
                .body(equalTo(""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/page/",
                "/page/none.js",
                "/page/PageFile.class",
                "/page/../page/PageRoute.class",
                "/page/%2e%2e/PlanRoute.class",
                "/page/sub/main.js",
                "/page/..%2f..%2fMETA-INF%2fopenapi.yaml",
                "/index.html"
            })
    void nothingElseIsServed(String path) {
        given().urlEncodingEnabled(false)
                .get(path)
                .then()
                .statusCode(404)
                .header("Content-Type", startsWith("application/problem+json"));
    }

    @Test
    void filesAreOnlyRead() {
        given().body("a").post("/page/main.js").then().statusCode(405).header("Allow", "GET");
    }

    @Test
    void theRootStillTakesCallsAndEvents() {
        given().contentType("application/json")
                .body("{\"inputs\": [\"a\"]}")
                .post("/")
                .then()
                .statusCode(200);
        given().headers(Map.of(
                        "ce-id", "1", "ce-source", "/me", "ce-type", "dev.headroom.infer", "ce-specversion", "1.0"))
                .contentType("application/json")
                .body("{\"inputs\": \"a\"}")
                .post("/")
                .then()
                .statusCode(200)
                .header("ce-type", "dev.headroom.infer.result");
    }

    @Test
    void eachFileThatIsNamedIsThere() {
        List<String> scripts = Stream.of("/", "/page/api.html")
                .flatMap(path -> found(OWN_FILE, text(path)).stream())
                .distinct()
                .toList();
        assertFalse(scripts.isEmpty());
        for (String file : scripts) {
            String content = text("/page/" + file);
            found(IMPORT, content).forEach(imported -> text("/page/" + imported));
        }
    }

    @Test
    void scriptsAreLoadedTogetherInsteadOfOneAfterTheOther() {
        List<String> named = found(OWN_FILE, text("/"));
        List<String> missing = named.stream()
                .filter(file -> file.endsWith(".js"))
                .flatMap(file -> found(IMPORT, text("/page/" + file)).stream())
                .distinct()
                .filter(file -> !named.contains(file))
                .toList();
        assertEquals(List.of(), missing, "index.html lacks a modulepreload of these");
    }

    @Test
    void thePlanNamesTheTaskOfEachModel() {
        given().get("/plan").then().statusCode(200).body("tasks", equalTo(Map.of("all-minilm-l6-v2", "embed")));
    }
}
