// Sources of TensorPrograms.
