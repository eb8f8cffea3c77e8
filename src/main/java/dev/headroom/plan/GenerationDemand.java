package dev.headroom.plan;

/**
 * The facts of a model that generates text which its plan follows from.
 *
 * @param name the model's name, for the messages
 * @param baseBytes bytes of the device that it takes without a sequence: measured once it is open, its weights before that
 * @param bytesPerToken bytes of one token's keys and values
 * @param copies how often they are there while a step runs: 1 where the graph shares their memory, else 2
 * @param scoreBytes bytes of the scores after one token
 * @param scoresAll true if the graph scores each token of a prompt, and not the last one alone
 * @param contextLength the most tokens of a sequence that the model's folder states
 */
public record GenerationDemand(
        String name,
        long baseBytes,
        long bytesPerToken,
        int copies,
        long scoreBytes,
        boolean scoresAll,
        int contextLength) {

    /** The same once the model is open. */
    public GenerationDemand opened(long measuredBytes) {
        return new GenerationDemand(name, measuredBytes, bytesPerToken, copies, scoreBytes, scoresAll, contextLength);
    }
}
