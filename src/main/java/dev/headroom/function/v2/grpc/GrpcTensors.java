package dev.headroom.function.v2.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.v2.InputBudget;
import dev.headroom.function.v2.OutputRows;
import dev.headroom.function.v2.RawValues;
import dev.headroom.function.v2.TensorAddress;
import dev.headroom.function.v2.TensorRequest;
import dev.headroom.function.v2.V2Models;
import dev.headroom.function.v2.WantedOutput;
import dev.headroom.function.v2.grpc.ModelInferResponse.InferOutputTensor;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads requests from gRPC messages and writes responses to them. */
final class GrpcTensors {

    private GrpcTensors() {}

    /**
     * Reads a request.
     *
     * @throws dev.headroom.request.RequestFailedException when the message holds no request
     */
    static TensorRequest read(ModelInferRequest request, InputBudget budget) {
        checkRaw(request);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (int i = 0; i < request.getInputsCount(); i++) {
            String name = request.getInputs(i).getName();
            if (inputs.put(name, input(request, i, budget)) != null) {
                throw JsonFields.invalid("inputs[%d].name is '%s', as an input's before it; send each once.", i, name);
            }
        }
        return new TensorRequest(
                new TensorAddress(request.getModelName(), present(request.getModelVersion()), present(request.getId())),
                parameters(request.getParametersMap()),
                inputs,
                request.getOutputsList().stream()
                        .map(output -> new WantedOutput(output.getName(), parameters(output.getParametersMap())))
                        .toList());
    }

    private static void checkRaw(ModelInferRequest request) {
        if (request.getInputsCount() == 0) {
            throw JsonFields.invalid("inputs is empty; send a tensor for each input of the model.");
        }
        if (request.getRawInputContentsCount() > 0 && request.getRawInputContentsCount() != request.getInputsCount()) {
            throw JsonFields.invalid(
                    "raw_input_contents holds %d elements for %d inputs; send one for each, or none and every input's contents.",
                    request.getRawInputContentsCount(), request.getInputsCount());
        }
    }

    private static Tensor input(ModelInferRequest request, int index, InputBudget budget) {
        ModelInferRequest.InferInputTensor input = request.getInputs(index);
        String field = "inputs[" + index + "]";
        Datatype datatype = RawValues.datatype(field, input.getDatatype());
        long[] shape = new long[input.getShapeCount()];
        for (int d = 0; d < shape.length; d++) {
            shape[d] = input.getShape(d);
        }
        int elements = budget.take(field, shape);
        return new Tensor(datatype, shape, data(request, index, datatype, elements));
    }

    private static ByteBuffer data(ModelInferRequest request, int index, Datatype datatype, int elements) {
        ModelInferRequest.InferInputTensor input = request.getInputs(index);
        if (request.getRawInputContentsCount() == 0) {
            return GrpcContents.read("inputs[" + index + "]", datatype, elements, input.getContents());
        }
        if (input.hasContents()) {
            throw JsonFields.invalid(
                    "inputs[%d] has contents, and raw_input_contents is there too; send one of them.", index);
        }
        ByteBuffer raw = request.getRawInputContents(index).asReadOnlyByteBuffer();
        RawValues.check("raw_input_contents[" + index + "]", datatype, elements, raw);
        return raw;
    }

    private static Optional<String> present(String text) {
        return Optional.of(text).filter(given -> !given.isEmpty());
    }

    private static Map<String, Object> parameters(Map<String, InferParameter> parameters) {
        if (parameters.isEmpty()) {
            return Map.of();
        }
        Map<String, Object> read = new LinkedHashMap<>();
        parameters.forEach((name, parameter) -> {
            switch (parameter.getParameterChoiceCase()) {
                case BOOL_PARAM -> read.put(name, parameter.getBoolParam());
                case INT64_PARAM -> read.put(name, parameter.getInt64Param());
                case STRING_PARAM -> read.put(name, parameter.getStringParam());
                case DOUBLE_PARAM -> read.put(name, parameter.getDoubleParam());
                case UINT64_PARAM -> read.put(name, parameter.getUint64Param());
                case PARAMETERCHOICE_NOT_SET -> {}
            }
        });
        return read;
    }

    /** Writes a response: in the form of its request, or raw where an output is of a type that has no other form. */
    static ModelInferResponse write(List<OutputRows> outputs, ModelInferRequest request) {
        boolean raw = request.getRawInputContentsCount() > 0 || outputs.stream().anyMatch(GrpcTensors::onlyRaw);
        ModelInferResponse.Builder written = ModelInferResponse.newBuilder()
                .setModelName(request.getModelName())
                .setModelVersion(V2Models.VERSION)
                .setId(request.getId());
        for (OutputRows output : outputs) {
            InferOutputTensor.Builder tensor = InferOutputTensor.newBuilder()
                    .setName(output.name())
                    .setDatatype(output.datatype().name());
            for (long size : output.shape()) {
                tensor.addShape(size);
            }
            if (raw) {
                written.addRawOutputContents(bytes(output));
            } else {
                tensor.setContents(GrpcContents.write(output));
            }
            written.addOutputs(tensor);
        }
        return written.build();
    }

    private static boolean onlyRaw(OutputRows output) {
        return output.datatype() == Datatype.FP16 || output.datatype() == Datatype.BF16;
    }

    /** The rows one after another, without a copy: their memory is not written again. */
    private static ByteString bytes(OutputRows output) {
        List<ByteString> rows = new ArrayList<>(output.rows().size());
        for (Tensor row : output.rows()) {
            rows.add(UnsafeByteOperations.unsafeWrap(row.data()));
        }
        return ByteString.copyFrom(rows);
    }
}
