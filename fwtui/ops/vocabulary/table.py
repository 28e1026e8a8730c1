"""What ops of many names do: data, the one place where the frameworks' names are written down.

A name is written here without what `fwtui.ops.vocabulary.canonical` takes off it: `aten.`, `torch.`,
outer underscores and capitals. Where one name is two ops in two frameworks, one of them is written with its
prefix, and goes first.
"""

from __future__ import annotations

ONE_WORD = {
    # What a step consists of.
    "input": "placeholder variable tensor accumulategrad parameter varhandleop get_attr arg",
    "step call": "tf.function_call session.run compiled_step",
    # Products.
    "matrix product": "matmul batchmatmul batchmatmulv2 batchmatmulv3 mm bmm dot mv matvec einsum xlaeinsum "
    "tensordot dot_general",
    "convolution": "conv2d conv3d depthwiseconv2dnative",
    # Element by element.
    "add": "add addv2 biasadd addn iadd foreach_add assignaddvariableop",
    "subtract": "sub subtract rsub isub foreach_sub assignsubvariableop",
    "multiply": "mul multiply imul foreach_mul",
    "divide": "div realdiv divide truediv true_divide divnonan foreach_div reciprocal",
    "negate": "neg negate",
    "square root": "sqrt foreach_sqrt",
    "reciprocal square root": "rsqrt",
    "square root gradient": "sqrtgrad",
    "exponential": "exp exponential expm1 exponential-minus-one",
    "logarithm": "log log1p log-plus-one",
    "error function": "erf",
    "absolute value": "abs complexabs",
    "sign": "sign sgn",
    "sine": "sin sine",
    "cosine": "cos cosine",
    "angle": "angle atan2",
    "floor": "floor floordiv floor_divide",
    "round": "round",
    "remainder": "fmod floormod remainder",
    "maximum": "maximum",
    "minimum": "minimum",
    "clamp": "clamp clipbyvalue clamp_min clamp_max clip",
    "compare": "eq equal ne notequal lt less le lessequal gt greater ge greaterequal compare",
    "logic": "logicaland logicalor logicalnot logical_and logical_or logical_not bitwise_and bitwise_or "
    "bitwise_not bitwiseand and or not xor isfinite isnan isinf is-finite",
    "where": "where select selectv2 masked_fill",
    # Complex numbers.
    "fourier transform": "fft ifft rfft irfft fft2d ifft2d rfft2d irfft2d fft3d ifft3d rfft3d irfft3d fftnd "
    "ifftnd rfftnd irfftnd",
    "complex number": "complex",
    "conjugate": "conj conj_physical",
    "real part": "real",
    "imaginary part": "imag",
    # Over axes.
    "sum": "sum biasaddgrad reduce_by_add reduce-window_by_add cumsum segmentsum",
    "product": "prod reduce_by_multiply",
    "largest": "max amax reduce_by_maximum",
    "smallest": "min amin reduce_by_minimum",
    "all or any": "all any reduce_by_and reduce_by_or",
    "variance": "var std",
    "reduction": "reduce reduce-window",
    "argmax": "argmax argmin",
    "top k": "topk topkv2 sort",
    # Layout: nothing is computed, and but for some nothing moves.
    "cast": "cast to_copy convert convert_element_type to float double bitcast-convert tobackward "
    "tocopybackward",
    "reshape": "reshape view unsafe_view flatten expanddims unsqueeze squeeze bitcast viewbackward "
    "unsafeviewbackward reshapebackward squeezebackward unsqueezebackward reshapealiasbackward "
    "view_as reshape_alias dynamic-reshape unflatten",
    "transpose": "transpose t permute conjugatetranspose tbackward transposebackward permutebackward "
    "movedim swapaxes",
    "broadcast": "broadcastto broadcast expand tile repeat sumbackward expand_as broadcast_in_dim",
    "slice": "slice stridedslice split splitv unsafe_split split_with_sizes unbind unpack chunk narrow "
    "aten.select dynamic-slice catbackward stackbackward",
    "slice gradient": "stridedslicegrad slice_backward select_backward slice_scatter select_scatter "
    "dynamic-update-slice slicebackward selectbackward",
    "concatenate": "cat concat concatv2 concatenate stack pack splitbackward unsafesplitbackward "
    "unbindbackward splitwithsizesbackward",
    "pad": "pad padv2 constant_pad_nd mirrorpad",
    "reverse": "reverse reversev2 flip",
    # Looking up.
    "one hot": "onehot one_hot",
    # Pools.
    "max pool": "maxpool maxpoolwithargmax max_pool2d max_pool2d_with_indices "
    "low_memory_max_pool_with_offsets reduce-window_by_maximum",
    "mean pool": "avgpool avg_pool2d adaptive_avg_pool2d",
    "mean pool gradient": "avgpoolgrad avg_pool2d_backward adaptive_avg_pool2d_backward",
    # Random numbers.
    "random": "randn rand randint normal uniform bernoulli randomuniform randomstandardnormal "
    "truncatednormal statelessrandomuniform statelessrandomuniformv2 statelessrandomnormalv2 rng "
    "rng-bit-generator statelessrandomgetkeycounter multinomial inductor_seeds inductor_random "
    "inductor_lookup_seed",
    # State.
    "assign": "assignvariableop assign aten.copy_ tensor.copy_ foreach_copy",
    "loop": "while statelesswhile",
}
"""Word -> the names of the ops that do just this."""

PARTS: dict[tuple[str, ...], str] = {
    # A word for the whole first, or its main part; then what else it may hold.
    ("matrix product", "add"): "addmm addmv baddbmm linear",
    ("matrix product", "matrix product"): "mmbackward bmmbackward mvbackward",
    ("matrix product", "matrix product", "sum"): "addmmbackward linearbackward baddbmmbackward",
    ("matrix product", "add", "relu", "tanh", "sigmoid"): "fusedmatmul fusedbatchmatmulv2",
    ("convolution", "add"): "convolution conv1d torch.conv2d torch.conv3d mkldnn_convolution",
    ("convolution", "add", "relu"): "fusedconv2d mkldnn_convolution_pointwise",
    (
        "convolution gradient",
        "convolution gradient",
        "sum",
        "convolution",
    ): "convolution_backward convolutionbackward conv2dbackpropfilterwithbias",
    ("convolution gradient", "convolution"): "conv2dbackpropfilter conv2dbackpropinput "
    "conv2dbackpropinputv2 conv2dbackpropfilterv2 conv3dbackpropfilterv2 conv3dbackpropinputv2 "
    "depthwiseconv2dnativebackpropfilter depthwiseconv2dnativebackpropinput",
    ("polar form", "exponential", "complex number", "multiply", "sine", "cosine"): "polar",
    ("fourier transform", "multiply", "divide"): "fft_c2c fft_r2c fft_c2r",  # normalised in one
    ("power", "multiply"): "pow power square foreach_pow",
    ("power", "subtract", "multiply"): "squareddifference",
    ("mean", "sum", "divide"): "mean",
    ("variance", "mean", "subtract", "power", "divide", "sum"): "var_mean",
    ("multiply", "sum"): "mulbackward",
    ("divide", "multiply", "sum", "negate"): "divbackward",
    ("divide", "broadcast"): "meanbackward",
    ("multiply", "power"): "powbackward",
    ("reciprocal square root gradient", "multiply", "power", "divide"): "rsqrtgrad",
    ("multiply", "add"): "addcmul fma foreach_addcmul",
    ("divide", "add", "multiply"): "addcdiv foreach_addcdiv",
    ("subtract", "multiply", "add"): "lerp foreach_lerp",
    # HLO and Inductor have these in pieces.
    (
        "gather",
        "compare",
        "where",
        "logic",
    ): "gather gatherv2 resourcegather gathernd index index_select embedding unsafe_index",
    (
        "scatter",
        "compare",
        "where",
        "logic",
    ): "unsortedsegmentsum embedding_dense_backward embeddingbackward scatter scatter_add "
    "index_put unsafe_index_put unsafe_masked_index_put_accumulate resourcescatteradd "
    "scatternd indexbackward gatherbackward tensorscatteradd index_add",
    ("relu", "maximum"): "relu relu6",
    ("relu gradient", "where", "compare", "multiply"): "relugrad threshold_backward relubackward",
    ("tanh",): "tanh",
    ("tanh gradient", "multiply", "subtract", "power"): "tanhgrad tanh_backward tanhbackward",
    ("sigmoid", "exponential", "negate", "add", "divide"): "sigmoid logistic",
    ("sigmoid gradient", "multiply", "subtract"): "sigmoidgrad sigmoid_backward sigmoidbackward",
    ("silu", "sigmoid", "multiply"): "silu",
    ("elu", "exponential", "subtract", "multiply", "where"): "elu",
    ("softplus", "exponential", "logarithm", "add", "where"): "softplus",
    ("leaky relu", "maximum", "multiply", "where"): "leakyrelu leaky_relu",
    ("gelu", "error function", "tanh", "multiply", "add", "power", "several in one"): "gelu",
    (
        *("gelu gradient", "multiply", "add", "exponential", "error function", "tanh", "tanh gradient"),
        *("power", "negate", "sum", "subtract"),
        "several in one",
    ): "gelu_backward gelubackward",
    ("softmax", "largest", "subtract", "exponential", "sum", "divide"): "softmax",
    ("softmax gradient", "multiply", "sum", "subtract"): "softmax_backward_data softmaxbackward",
    ("log softmax", "largest", "subtract", "exponential", "sum", "logarithm"): "log_softmax logsoftmax",
    (
        *("log softmax gradient", "multiply", "exponential", "sum", "subtract", "divide"),
        "negative log likelihood gradient",
    ): "log_softmax_backward_data logsoftmaxbackward",
    (
        *("negative log likelihood", "gather", "negate", "mean", "sum", "divide", "compare", "where"),
    ): "nll_loss_forward nll_loss",
    (
        *("negative log likelihood gradient", "multiply", "divide", "scatter", "broadcast", "where"),
        *("compare", "negate"),
    ): "nll_loss_backward nlllossbackward",
    (
        *("cross entropy", "log softmax", "negative log likelihood", "largest", "subtract", "exponential"),
        *("sum", "logarithm", "multiply", "divide", "mean", "gather", "negate", "where", "compare"),
    ): "sparsesoftmaxcrossentropywithlogits softmaxcrossentropywithlogits cross_entropy",
    ("mean squared error", "power", "subtract", "mean", "sum"): "mse_loss",
    (
        *("mean squared error gradient", "multiply", "subtract", "divide", "broadcast", "negate", "sum"),
    ): "mse_loss_backward mselossbackward",
    (
        *("layer norm", "mean", "variance", "subtract", "power", "add", "reciprocal square root", "multiply"),
        *("square root", "divide"),
    ): "native_layer_norm layer_norm",
    (
        *("layer norm gradient", "multiply", "sum", "add", "negate", "divide", "power", "subtract", "mean"),
        *("broadcast", "reciprocal square root gradient", "reciprocal square root"),
    ): "native_layer_norm_backward nativelayernormbackward",
    (
        *(
            "batch norm",
            "mean",
            "variance",
            "subtract",
            "power",
            "add",
            "reciprocal square root",
            "multiply",
            "divide",
        ),
    ): "native_batch_norm native_batch_norm_legit native_batch_norm_legit_functional cudnn_batch_norm "
    "batch_norm fusedbatchnormv3 fusedbatchnorm",
    (
        *("batch norm gradient", "multiply", "sum", "add", "negate", "divide", "power", "subtract", "mean"),
        "reciprocal square root gradient",
    ): "native_batch_norm_backward cudnn_batch_norm_backward fusedbatchnormgradv3 fusedbatchnormgrad",
    (
        *("attention", "matrix product", "divide", "multiply", "where", "add", "softmax", "largest"),
        *("subtract", "exponential", "sum", "compare"),
    ): "scaled_dot_product_flash_attention_for_cpu scaled_dot_product_attention "
    "scaled_dot_product_flash_attention scaled_dot_product_efficient_attention "
    "scaled_dot_product_cudnn_attention",
    (
        *("attention gradient", "matrix product", "multiply", "sum", "subtract", "where", "divide", "negate"),
        *("softmax gradient", "add"),
    ): "scaled_dot_product_flash_attention_for_cpu_backward scaled_dot_product_flash_attention_backward "
    "scaled_dot_product_efficient_attention_backward scaled_dot_product_cudnn_attention_backward "
    "scaleddotproductflashattentionforcpubackward scaleddotproductefficientattentionbackward "
    "scaleddotproductflashattentionbackward scaleddotproductcudnnattentionbackward",
    ("max pool gradient", "scatter", "max pool"): "maxpoolgrad max_pool2d_with_indices_backward "
    "maxpool2dwithindicesbackward select-and-scatter",
    ("dropout", "random", "compare", "multiply", "where"): "native_dropout dropout",
    ("gradient descent update", "multiply", "subtract", "assign"): "resourceapplygradientdescent fused_sgd",
    ("momentum update", "multiply", "add", "subtract", "assign"): "resourceapplymomentum "
    "resourceapplykerasmomentum",
    (
        *("adam update", "multiply", "add", "subtract", "divide", "square root", "power", "assign"),
        "reciprocal square root",
        *("slice", "concatenate"),  # of the step sizes of all parameters at once
    ): "resourceapplyadam fused_adam fused_adamw resourceapplyadamwithamsgrad",
    (
        *("rmsprop update", "multiply", "add", "subtract", "divide", "square root", "power", "assign"),
    ): "resourceapplyrmsprop resourceapplycenteredrmsprop",
    ("adagrad update", "multiply", "add", "divide", "square root", "assign"): "resourceapplyadagradv2",
    ("several in one",): "unaryopscomposition",
    ("whole backward pass",): "grad",
}
"""Words -> the names of the ops that do all of these in one; a word that may be done twice is given twice."""

HELD_WHOLE = frozenset(
    {
        *("softmax", "softmax gradient", "log softmax", "negative log likelihood"),
        "negative log likelihood gradient",
    }
)
"""The words of ops of several parts that are a part of others as a whole."""

CARRYING = frozenset({"cast", "reshape", "transpose", "broadcast", "pad"})
"""The words of ops that return their input values unchanged, possibly in another layout or padded."""

MOVING = CARRYING | {"slice", "slice gradient", "concatenate", "reverse", "assign", "input", "step call"}
"""The words of ops that compute nothing themselves, though they may copy, or call ops that do."""

PASSING = (
    "readvariableop identity identityn stopgradient alias clone detach lift_fresh lift_fresh_copy retval "
    "get-tuple-element tuple copy_on_read enter exit merge switch nextiteration clonebackward aliasbackward "
    "contiguous optimization-barrier preventgradient checknumerics detach_copy copybackwards fusion call "
    "tensorlistfromtensor tensorliststack tensorlistgetitem tensorlistsetitem tensorlistpopback "
    "tensorlistpushback tensorlistpushbackbatch copy ensureshape getitem "
    "addbackward subbackward low_memory_max_pool_offsets_to_indices"
)
"""The names of what gives on what it takes."""

NOTHING = (
    "shape shapen size rank variableshape broadcastgradientargs invertpermutation noop const constant range "
    "iota arange fill full zeros ones empty scalar_tensor zeroslike oneslike zeros_like ones_like full_like "
    "empty_like new_zeros new_ones new_full new_empty new_empty_strided empty_strided loopcond "
    "emptytensorlist tensorlistreserve tensorlistlength tensorlistelementshape sym_size sym_numel "
    "assert_tensor_metadata partition-id replica-id after-all token linspace output hostconst "
    "destroyresourceop varisinitializedop"
)
"""The names of ops that only read shapes, make constants, or do nothing."""

PREFIXES = (
    *("torch.ops.", "torch.nn.functional.", "torch._c._nn.", "torch.special.", "torch.autograd.", "torch."),
    *("aten::", "aten.", "prims.", "tensor.", "operator.", "extern_kernels.", "tf.raw_ops."),
)
"""Prefixes of op names that only say which library an op is from."""
