"""What PyTorch's ops do: `aten` and `prims`, what Dynamo traces, autograd's nodes, and Inductor's kernels."""

from __future__ import annotations

from fwtui.backends.entries import OpNames

OPS = OpNames(
    one_word={
        "input": "placeholder tensor accumulategrad get_attr",
        "step call": "compiled_step",
        "matrix product": "matmul mm bmm dot mv einsum tensordot",
        "convolution": "conv2d conv3d",
        "add": "add iadd foreach_add",
        "subtract": "sub subtract rsub isub foreach_sub",
        "multiply": "mul multiply imul foreach_mul",
        "divide": "div divide truediv true_divide foreach_div reciprocal",
        "negate": "neg",
        "square root": "sqrt foreach_sqrt",
        "reciprocal square root": "rsqrt",
        "exponential": "exp exponential expm1",
        "logarithm": "log log1p",
        "error function": "erf",
        "absolute value": "abs",
        "sign": "sign sgn",
        "sine": "sin",
        "cosine": "cos",
        "angle": "angle atan2",
        "floor": "floor floordiv floor_divide",
        "round": "round",
        "remainder": "fmod remainder",
        "maximum": "maximum",
        "minimum": "minimum",
        "clamp": "clamp clamp_min clamp_max clip",
        "compare": "eq equal ne lt less le gt greater ge",
        "logic": (
            "logical_and logical_or logical_not bitwise_and bitwise_or bitwise_not and or not xor isfinite "
            "isnan isinf"
        ),
        "where": "where select masked_fill",
        "fourier transform": "fft",
        "complex number": "complex",
        "conjugate": "conj conj_physical",
        "real part": "real",
        "imaginary part": "imag",
        "sum": "sum cumsum",
        "product": "prod",
        "largest": "max amax",
        "smallest": "min amin",
        "all or any": "all any",
        "variance": "var std",
        "reduction": "reduce",
        "argmax": "argmax argmin",
        "top k": "topk sort",
        "cast": "to_copy convert_element_type to float double tobackward tocopybackward",
        "reshape": (
            "reshape view unsafe_view flatten unsqueeze squeeze viewbackward unsafeviewbackward "
            "reshapebackward squeezebackward unsqueezebackward reshapealiasbackward view_as reshape_alias "
            "unflatten"
        ),
        "transpose": "transpose t permute tbackward transposebackward permutebackward movedim swapaxes",
        "broadcast": "broadcast expand tile repeat sumbackward expand_as broadcast_in_dim",
        "slice": (
            "slice split unsafe_split split_with_sizes unbind chunk narrow aten.select catbackward "
            "stackbackward"
        ),
        "slice gradient": (
            "slice_backward select_backward slice_scatter select_scatter slicebackward selectbackward"
        ),
        "concatenate": (
            "cat concat concatenate stack splitbackward unsafesplitbackward unbindbackward "
            "splitwithsizesbackward"
        ),
        "pad": "pad constant_pad_nd",
        "reverse": "reverse flip",
        "one hot": "one_hot",
        "max pool": "max_pool2d max_pool2d_with_indices low_memory_max_pool_with_offsets",
        "mean pool": "avg_pool2d adaptive_avg_pool2d",
        "mean pool gradient": "avg_pool2d_backward adaptive_avg_pool2d_backward",
        "random": (
            "randn rand randint normal uniform bernoulli multinomial inductor_seeds inductor_random "
            "inductor_lookup_seed"
        ),
        "assign": "aten.copy_ tensor.copy_ foreach_copy",
    },
    parts={
        ("matrix product", "add"): "addmm addmv baddbmm linear",
        ("matrix product", "matrix product"): "mmbackward bmmbackward mvbackward",
        ("matrix product", "matrix product", "sum"): "addmmbackward linearbackward baddbmmbackward",
        ("convolution", "add"): "convolution conv1d torch.conv2d torch.conv3d mkldnn_convolution",
        ("convolution", "add", "relu"): "mkldnn_convolution_pointwise",
        ("convolution gradient", "convolution gradient", "sum", "convolution"): (
            "convolution_backward convolutionbackward"
        ),
        ("polar form", "exponential", "complex number", "multiply", "sine", "cosine"): "polar",
        ("fourier transform", "multiply", "divide"): "fft_c2c fft_r2c fft_c2r",
        ("power", "multiply"): "pow square foreach_pow",
        ("mean", "sum", "divide"): "mean",
        ("variance", "mean", "subtract", "power", "divide", "sum"): "var_mean",
        ("multiply", "sum"): "mulbackward",
        ("divide", "multiply", "sum", "negate"): "divbackward",
        ("divide", "broadcast"): "meanbackward",
        ("multiply", "power"): "powbackward",
        ("multiply", "add"): "addcmul fma foreach_addcmul",
        ("divide", "add", "multiply"): "addcdiv foreach_addcdiv",
        ("subtract", "multiply", "add"): "lerp foreach_lerp",
        ("gather", "compare", "where", "logic"): "gather index index_select embedding unsafe_index",
        ("scatter", "compare", "where", "logic"): (
            "embedding_dense_backward embeddingbackward scatter scatter_add index_put unsafe_index_put "
            "unsafe_masked_index_put_accumulate indexbackward gatherbackward index_add"
        ),
        ("relu", "maximum"): "relu relu6",
        ("relu gradient", "where", "compare", "multiply"): "threshold_backward relubackward",
        ("tanh",): "tanh",
        ("tanh gradient", "multiply", "subtract", "power"): "tanh_backward tanhbackward",
        ("sigmoid", "exponential", "negate", "add", "divide"): "sigmoid",
        ("sigmoid gradient", "multiply", "subtract"): "sigmoid_backward sigmoidbackward",
        ("silu", "sigmoid", "multiply"): "silu",
        ("elu", "exponential", "subtract", "multiply", "where"): "elu",
        ("softplus", "exponential", "logarithm", "add", "where"): "softplus",
        ("leaky relu", "maximum", "multiply", "where"): "leaky_relu",
        ("gelu", "error function", "tanh", "multiply", "add", "power", "several in one"): "gelu",
        (
            "gelu gradient",
            "multiply",
            "add",
            "exponential",
            "error function",
            "tanh",
            "tanh gradient",
            "power",
            "negate",
            "sum",
            "subtract",
            "several in one",
        ): ("gelu_backward gelubackward"),
        ("softmax", "largest", "subtract", "exponential", "sum", "divide"): "softmax",
        ("softmax gradient", "multiply", "sum", "subtract"): "softmax_backward_data softmaxbackward",
        ("log softmax", "largest", "subtract", "exponential", "sum", "logarithm"): "log_softmax",
        (
            "log softmax gradient",
            "multiply",
            "exponential",
            "sum",
            "subtract",
            "divide",
            "negative log likelihood gradient",
        ): ("log_softmax_backward_data logsoftmaxbackward"),
        ("negative log likelihood", "gather", "negate", "mean", "sum", "divide", "compare", "where"): (
            "nll_loss_forward nll_loss"
        ),
        (
            "negative log likelihood gradient",
            "multiply",
            "divide",
            "scatter",
            "broadcast",
            "where",
            "compare",
            "negate",
        ): ("nll_loss_backward nlllossbackward"),
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
        ): ("cross_entropy"),
        ("mean squared error", "power", "subtract", "mean", "sum"): "mse_loss",
        ("mean squared error gradient", "multiply", "subtract", "divide", "broadcast", "negate", "sum"): (
            "mse_loss_backward mselossbackward"
        ),
        (
            "layer norm",
            "mean",
            "variance",
            "subtract",
            "power",
            "add",
            "reciprocal square root",
            "multiply",
            "square root",
            "divide",
        ): ("native_layer_norm layer_norm"),
        (
            "layer norm gradient",
            "multiply",
            "sum",
            "add",
            "negate",
            "divide",
            "power",
            "subtract",
            "mean",
            "broadcast",
            "reciprocal square root gradient",
            "reciprocal square root",
        ): ("native_layer_norm_backward nativelayernormbackward"),
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
        ): (
            "native_batch_norm native_batch_norm_legit native_batch_norm_legit_functional cudnn_batch_norm "
            "batch_norm"
        ),
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
        ): ("native_batch_norm_backward cudnn_batch_norm_backward"),
        (
            "attention",
            "matrix product",
            "divide",
            "multiply",
            "where",
            "add",
            "softmax",
            "largest",
            "subtract",
            "exponential",
            "sum",
            "compare",
        ): (
            "scaled_dot_product_flash_attention_for_cpu scaled_dot_product_attention "
            "scaled_dot_product_flash_attention scaled_dot_product_efficient_attention "
            "scaled_dot_product_cudnn_attention"
        ),
        (
            "attention gradient",
            "matrix product",
            "multiply",
            "sum",
            "subtract",
            "where",
            "divide",
            "negate",
            "softmax gradient",
            "add",
        ): (
            "scaled_dot_product_flash_attention_for_cpu_backward scaled_dot_product_flash_attention_backward "
            "scaled_dot_product_efficient_attention_backward scaled_dot_product_cudnn_attention_backward "
            "scaleddotproductflashattentionforcpubackward scaleddotproductefficientattentionbackward "
            "scaleddotproductflashattentionbackward scaleddotproductcudnnattentionbackward"
        ),
        ("max pool gradient", "scatter", "max pool"): (
            "max_pool2d_with_indices_backward maxpool2dwithindicesbackward"
        ),
        ("dropout", "random", "compare", "multiply", "where"): "native_dropout dropout",
        ("gradient descent update", "multiply", "subtract", "assign"): "fused_sgd",
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
        ): ("fused_adam fused_adamw"),
        ("whole backward pass",): "grad",
    },
    passing=(
        "alias clone detach lift_fresh lift_fresh_copy clonebackward aliasbackward contiguous detach_copy "
        "copybackwards call copy getitem addbackward subbackward low_memory_max_pool_offsets_to_indices"
    ),
    nothing=(
        "shape size range iota arange fill full zeros ones empty scalar_tensor zeros_like ones_like "
        "full_like empty_like new_zeros new_ones new_full new_empty new_empty_strided empty_strided sym_size "
        "sym_numel assert_tensor_metadata linspace output"
    ),
    prefixes=(
        "torch.ops.",
        "torch.nn.functional.",
        "torch._c._nn.",
        "torch.special.",
        "torch.autograd.",
        "torch.",
        "aten::",
        "aten.",
        "prims.",
        "tensor.",
        "operator.",
        "extern_kernels.",
    ),
    stops=("aten.detach",),
    shape_readers=(
        "aten.zeros_like",
        "aten.ones_like",
        "aten.full_like",
        "aten.empty_like",
        "aten.new_zeros",
        "aten.new_ones",
        "aten.new_full",
        "aten.new_empty",
    ),
)
