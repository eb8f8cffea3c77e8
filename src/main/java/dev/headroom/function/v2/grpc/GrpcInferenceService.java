package dev.headroom.function.v2.grpc;

import dev.headroom.function.PendingAnswer;
import dev.headroom.function.v2.V2Model;
import dev.headroom.function.v2.V2Models;
import dev.headroom.function.v2.grpc.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import dev.headroom.function.v2.grpc.ModelMetadataResponse.TensorMetadata;
import dev.headroom.function.v2.grpc.RepositoryIndexResponse.ModelIndex;
import dev.headroom.request.Urgency;
import dev.headroom.serving.ModelControl;
import dev.headroom.tensor.Port;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

/** The Open Inference Protocol over gRPC, on the port of HTTP; {@link GrpcInfer} has its ModelInfer. */
@GrpcService
class GrpcInferenceService extends GRPCInferenceServiceImplBase {

    private final V2Models models;
    private final ModelControl control;
    private final GrpcRoute route;

    GrpcInferenceService(V2Models models, ModelControl control, GrpcRoute route) {
        this.models = models;
        this.control = control;
        this.route = route;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return GrpcMessages.bounded(GRPCInferenceServiceGrpc.bindService(this), route);
    }

    @Override
    public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> answer) {
        answer(
                answer,
                () -> ServerLiveResponse.newBuilder().setLive(models.live()).build());
    }

    @Override
    public void serverReady(ServerReadyRequest request, StreamObserver<ServerReadyResponse> answer) {
        answer(
                answer,
                () -> ServerReadyResponse.newBuilder().setReady(models.ready()).build());
    }

    @Override
    public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> answer) {
        answer(
                answer,
                () -> ModelReadyResponse.newBuilder()
                        .setReady(models.ready(request.getName(), version(request.getVersion())))
                        .build());
    }

    @Override
    public void serverMetadata(ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> answer) {
        answer(
                answer,
                () -> ServerMetadataResponse.newBuilder()
                        .setName(V2Models.SERVER)
                        .setVersion(models.serverVersion())
                        .addAllExtensions(V2Models.EXTENSIONS)
                        .build());
    }

    @Override
    public void modelMetadata(ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> answer) {
        answerOnce(
                answer,
                () -> {
                    PendingAnswer<V2Model> model =
                            models.named(request.getName(), version(request.getVersion()), Urgency.INTERACTIVE);
                    ((ServerCallStreamObserver<?>) answer).setOnCancelHandler(model.abandonment());
                    return model.answer();
                },
                GrpcInferenceService::metadata);
    }

    private static ModelMetadataResponse metadata(V2Model model) {
        return ModelMetadataResponse.newBuilder()
                .setName(model.name())
                .addVersions(V2Models.VERSION)
                .setPlatform(V2Models.PLATFORM)
                .addAllInputs(ports(model.ports().inputs()))
                .addAllOutputs(ports(model.ports().outputs()))
                .build();
    }

    @Override
    public void repositoryIndex(RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> answer) {
        answer(answer, () -> {
            RepositoryIndexResponse.Builder index = RepositoryIndexResponse.newBuilder();
            models.index(request.getReady())
                    .forEach(entry -> index.addModels(ModelIndex.newBuilder()
                            .setName(entry.name())
                            .setVersion(entry.version())
                            .setState(entry.state())
                            .setReason(entry.reason())));
            return index.build();
        });
    }

    @Override
    public void repositoryModelLoad(
            RepositoryModelLoadRequest request, StreamObserver<RepositoryModelLoadResponse> answer) {
        answerOnce(
                answer,
                () -> control.load(request.getModelName()),
                done -> RepositoryModelLoadResponse.getDefaultInstance());
    }

    @Override
    public void repositoryModelUnload(
            RepositoryModelUnloadRequest request, StreamObserver<RepositoryModelUnloadResponse> answer) {
        answerOnce(
                answer,
                () -> control.unload(request.getModelName()),
                done -> RepositoryModelUnloadResponse.getDefaultInstance());
    }

    /** Answers when this is done. */
    private static <R, T> void answerOnce(
            StreamObserver<T> observer, Supplier<CompletableFuture<R>> doing, Function<R, T> answer) {
        try {
            doing.get()
                    .whenComplete((done, failure) -> answer(observer, () -> {
                        if (failure instanceof CompletionException e
                                && e.getCause() instanceof RuntimeException cause) {
                            throw cause;
                        }
                        return answer.apply(done);
                    }));
        } catch (RuntimeException e) {
            observer.onError(GrpcFailures.of(e));
        }
    }

    private static <T> void answer(StreamObserver<T> observer, Supplier<T> answer) {
        try {
            observer.onNext(answer.get());
            observer.onCompleted();
        } catch (RuntimeException e) {
            observer.onError(GrpcFailures.of(e));
        }
    }

    private static Optional<String> version(String asked) {
        return Optional.of(asked).filter(version -> !version.isEmpty());
    }

    private static List<TensorMetadata> ports(List<Port> ports) {
        return ports.stream()
                .map(port -> TensorMetadata.newBuilder()
                        .setName(port.name())
                        .setDatatype(port.datatype().name())
                        .addAllShape(Arrays.stream(port.shape()).boxed().toList())
                        .build())
                .toList();
    }
}
