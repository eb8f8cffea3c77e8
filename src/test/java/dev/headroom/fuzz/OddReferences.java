package dev.headroom.fuzz;

/** Images that are named, well or not; none of them may be fetched. */
final class OddReferences {

    static final String[] ALL = {
        "data:,",
        "data:",
        "data:image/png;base64,",
        "data:image/png;base64,%%%",
        "data:image/png;base64,AAAA=A",
        "data:;base64;base64,AA==",
        "data:image/png,%89PNG%0d%0a",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "DATA:IMAGE/PNG;BASE64,iVBORw0KGgo=",
        "data:image/png;charset=\\u0000;base64,AA",
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:1/",
        "http://[::1]:80/",
        "http://[::ffff:127.0.0.1]/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://user:secret@127.0.0.1/",
        "http://",
        "http:///",
        "http://%00/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:-1/",
        "http://\\ud800/",
        "https://",
        "http:a",
        "//127.0.0.1/a",
        "HTTP://LOCALHOST/",
        "ftp://127.0.0.1/a.png",
        "gopher://127.0.0.1/",
        "jar:file:/a!/b",
        "http://a..b/",
        "http://127.0.0.1#@localhost/",
        "http://[::1",
        "http://a b/",
        "http://\\u00fc.test/",
        "javascript:1",
        "====",
        "A"
    };

    private OddReferences() {}
}
