package hello;

import io.quarkus.funqy.Funq;

/** Says hello. */
public class Hello {

    @Funq
    public String hello() {
        return "hello";
    }
}
