package dev.headroom.generation.form;

import dev.headroom.generation.form.JsonShape.Member;
import java.util.List;

/** A place within an object, between its members. */
sealed interface ObjectPlace extends JsonPlace {

    /** Before the name of a member, of which those from an index on have not come; or before an object's end. */
    record Key(JsonShape.Members members, int from, boolean first, JsonPlace then) implements ObjectPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            if (JsonPlace.blank(c)) {
                to.add(this);
            } else if (c == '}' && first && members.mayEnd(from)) {
                to.add(then);
            } else if (c == '"') {
                names(to);
            }
        }

        /** Those up to the first that has to come. */
        private void names(List<JsonPlace> to) {
            for (int i = from; i < members.all().size(); i++) {
                Member member = members.all().get(i);
                JsonPlace behind = new Behind(members, i + 1, then);
                JsonPlace colon = new Colon(new JsonPlace.Value(member.shape(), behind));
                member.names().forEach(name -> to.add(new JsonPlace.Literal(name.substring(1), colon)));
                if (member.required()) {
                    return;
                }
            }
        }
    }

    /** Before the colon of a member. */
    record Colon(JsonPlace then) implements ObjectPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            if (JsonPlace.blank(c)) {
                to.add(this);
            } else if (c == ':') {
                to.add(then);
            }
        }
    }

    /** Behind a member. */
    record Behind(JsonShape.Members members, int from, JsonPlace then) implements ObjectPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            if (JsonPlace.blank(c)) {
                to.add(this);
            } else if (c == '}' && members.mayEnd(from)) {
                to.add(then);
            } else if (c == ',' && from < members.all().size()) {
                to.add(new Key(members, from, false, then));
            }
        }
    }
}
