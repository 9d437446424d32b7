# Pool by metafor: reads k lines "effect variance", then prints version, BLAS, outputs and seconds.
# rma() gives the estimate, Hartung-Knapp's interval, tau2, I2, H2 and Q; predict() the prediction
# interval.
suppressMessages(library(metafor))
runs <- as.integer(commandArgs(trailingOnly = TRUE)[1])
given <- as.matrix(read.table(file("stdin")))
y <- given[, 1]
v <- given[, 2]
pool <- function() {
  fit <- rma(y, v, method = "REML", test = "knha")
  predict(fit)
  fit
}
fit <- pool()
once <- system.time(pool())[["elapsed"]]
repeats <- max(1, round(0.1 / max(once, 0.001)))
seconds <- replicate(runs, system.time(for (i in seq_len(repeats)) pool())[["elapsed"]] / repeats)
cat(as.character(packageVersion("metafor")), "\n")
cat(extSoftVersion()[["BLAS"]], "\n")
cat(format(c(fit$beta, fit$se, fit$tau2, fit$QE), digits = 15), "\n")
cat(seconds, "\n")
