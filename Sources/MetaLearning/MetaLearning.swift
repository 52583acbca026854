// Sources of MetaLearning.
