"""What TensorFlow's ops do: those of its graphs, the `_Mkl` and `_Fused` kernels, and HLO's opcodes."""

from __future__ import annotations

from fwtui.backends.entries import OpNames

OPS = OpNames(
    one_word={
        "input": "placeholder variable parameter varhandleop arg",
        "step call": "tf.function_call session.run",
        "matrix product": (
            "matmul batchmatmul batchmatmulv2 batchmatmulv3 dot matvec einsum xlaeinsum dot_general"
        ),
        "convolution": "conv2d conv3d depthwiseconv2dnative",
        "add": "add addv2 biasadd addn assignaddvariableop",
        "subtract": "sub subtract assignsubvariableop",
        "multiply": "mul multiply",
        "divide": "div realdiv divide divnonan reciprocal",
        "negate": "neg negate",
        "square root": "sqrt",
        "reciprocal square root": "rsqrt",
        "square root gradient": "sqrtgrad",
        "exponential": "exp exponential expm1 exponential-minus-one",
        "logarithm": "log log1p log-plus-one",
        "error function": "erf",
        "absolute value": "abs complexabs",
        "sign": "sign",
        "sine": "sin sine",
        "cosine": "cos cosine",
        "angle": "angle atan2",
        "floor": "floor floordiv",
        "round": "round",
        "remainder": "floormod remainder",
        "maximum": "maximum",
        "minimum": "minimum",
        "clamp": "clamp clipbyvalue",
        "compare": "equal notequal less lessequal greater greaterequal compare",
        "logic": ("logicaland logicalor logicalnot bitwiseand and or not xor isfinite isnan isinf is-finite"),
        "where": "where select selectv2",
        "fourier transform": (
            "fft ifft rfft irfft fft2d ifft2d rfft2d irfft2d fft3d ifft3d rfft3d irfft3d fftnd ifftnd rfftnd "
            "irfftnd"
        ),
        "complex number": "complex",
        "conjugate": "conj",
        "real part": "real",
        "imaginary part": "imag",
        "sum": "sum biasaddgrad reduce_by_add reduce-window_by_add cumsum segmentsum",
        "product": "prod reduce_by_multiply",
        "largest": "max reduce_by_maximum",
        "smallest": "min reduce_by_minimum",
        "all or any": "all any reduce_by_and reduce_by_or",
        "reduction": "reduce reduce-window",
        "argmax": "argmax argmin",
        "top k": "topk topkv2 sort",
        "cast": "cast convert bitcast-convert",
        "reshape": "reshape expanddims squeeze bitcast dynamic-reshape",
        "transpose": "transpose conjugatetranspose",
        "broadcast": "broadcastto broadcast tile",
        "slice": "slice stridedslice split splitv unpack dynamic-slice",
        "slice gradient": "stridedslicegrad dynamic-update-slice",
        "concatenate": "concat concatv2 concatenate stack pack",
        "pad": "pad padv2 mirrorpad",
        "reverse": "reverse reversev2",
        "one hot": "onehot",
        "max pool": "maxpool maxpoolwithargmax reduce-window_by_maximum",
        "mean pool": "avgpool",
        "mean pool gradient": "avgpoolgrad",
        "random": (
            "randomuniform randomstandardnormal truncatednormal statelessrandomuniform "
            "statelessrandomuniformv2 statelessrandomnormalv2 rng rng-bit-generator "
            "statelessrandomgetkeycounter multinomial"
        ),
        "assign": "assignvariableop assign",
        "loop": "while statelesswhile",
    },
    parts={
        ("matrix product", "add", "relu", "tanh", "sigmoid"): "fusedmatmul fusedbatchmatmulv2",
        ("convolution", "add"): "convolution",
        ("convolution", "add", "relu"): "fusedconv2d",
        ("convolution gradient", "convolution gradient", "sum", "convolution"): (
            "conv2dbackpropfilterwithbias"
        ),
        ("convolution gradient", "convolution"): (
            "conv2dbackpropfilter conv2dbackpropinput conv2dbackpropinputv2 conv2dbackpropfilterv2 "
            "conv3dbackpropfilterv2 conv3dbackpropinputv2 depthwiseconv2dnativebackpropfilter "
            "depthwiseconv2dnativebackpropinput"
        ),
        ("power", "multiply"): "pow power square",
        ("power", "subtract", "multiply"): "squareddifference",
        ("mean", "sum", "divide"): "mean",
        ("reciprocal square root gradient", "multiply", "power", "divide"): "rsqrtgrad",
        ("gather", "compare", "where", "logic"): "gather gatherv2 resourcegather gathernd",
        ("scatter", "compare", "where", "logic"): (
            "unsortedsegmentsum scatter resourcescatteradd scatternd tensorscatteradd"
        ),
        ("relu", "maximum"): "relu relu6",
        ("relu gradient", "where", "compare", "multiply"): "relugrad",
        ("tanh",): "tanh",
        ("tanh gradient", "multiply", "subtract", "power"): "tanhgrad",
        ("sigmoid", "exponential", "negate", "add", "divide"): "sigmoid logistic",
        ("sigmoid gradient", "multiply", "subtract"): "sigmoidgrad",
        ("elu", "exponential", "subtract", "multiply", "where"): "elu",
        ("softplus", "exponential", "logarithm", "add", "where"): "softplus",
        ("leaky relu", "maximum", "multiply", "where"): "leakyrelu",
        ("softmax", "largest", "subtract", "exponential", "sum", "divide"): "softmax",
        ("log softmax", "largest", "subtract", "exponential", "sum", "logarithm"): "logsoftmax",
        (
            "cross entropy",
            "log softmax",
            "negative log likelihood",
            "largest",
            "subtract",
            "exponential",
            "sum",
            "logarithm",
            "multiply",
            "divide",
            "mean",
            "gather",
            "negate",
            "where",
            "compare",
        ): ("sparsesoftmaxcrossentropywithlogits softmaxcrossentropywithlogits"),
        (
            "batch norm",
            "mean",
            "variance",
            "subtract",
            "power",
            "add",
            "reciprocal square root",
            "multiply",
            "divide",
        ): ("fusedbatchnormv3 fusedbatchnorm"),
        (
            "batch norm gradient",
            "multiply",
            "sum",
            "add",
            "negate",
            "divide",
            "power",
            "subtract",
            "mean",
            "reciprocal square root gradient",
        ): ("fusedbatchnormgradv3 fusedbatchnormgrad"),
        ("max pool gradient", "scatter", "max pool"): "maxpoolgrad select-and-scatter",
        ("gradient descent update", "multiply", "subtract", "assign"): "resourceapplygradientdescent",
        ("momentum update", "multiply", "add", "subtract", "assign"): (
            "resourceapplymomentum resourceapplykerasmomentum"
        ),
        (
            "adam update",
            "multiply",
            "add",
            "subtract",
            "divide",
            "square root",
            "power",
            "assign",
            "reciprocal square root",
            "slice",
            "concatenate",
        ): ("resourceapplyadam resourceapplyadamwithamsgrad"),
        ("rmsprop update", "multiply", "add", "subtract", "divide", "square root", "power", "assign"): (
            "resourceapplyrmsprop resourceapplycenteredrmsprop"
        ),
        ("adagrad update", "multiply", "add", "divide", "square root", "assign"): ("resourceapplyadagradv2"),
        ("several in one",): "unaryopscomposition",
    },
    passing=(
        "readvariableop identity identityn stopgradient retval get-tuple-element tuple copy_on_read enter "
        "exit merge switch nextiteration optimization-barrier preventgradient checknumerics fusion call "
        "tensorlistfromtensor tensorliststack tensorlistgetitem tensorlistsetitem tensorlistpopback "
        "tensorlistpushback tensorlistpushbackbatch copy ensureshape"
    ),
    nothing=(
        "shape shapen size rank variableshape broadcastgradientargs invertpermutation noop const constant "
        "range iota fill empty zeroslike oneslike loopcond emptytensorlist tensorlistreserve "
        "tensorlistlength tensorlistelementshape partition-id replica-id after-all token linspace hostconst "
        "destroyresourceop varisinitializedop"
    ),
    prefixes=("tf.raw_ops.",),
    stops=("StopGradient",),
    shape_readers=("Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike"),
)
